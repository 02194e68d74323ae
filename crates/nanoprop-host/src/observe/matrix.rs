use nanoprop::Width;
use nanoprop::metrics::Confusion;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::style::{BLUE, Error, GREY, text};

/// A confusion matrix as SVG: a row for each class, shaded by the share of its samples; `names` are those of the classes,
/// and where there are fewer, their numbers.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::Confusion;
/// use nanoprop::prelude::*;
///
/// let mut matrix = Confusion::<U2>::NEW;
/// matrix.add(Class::new(1)?, 0);
/// let svg = nanoprop_host::observe::confusion(&matrix, &["cat", "dog"], "cats and dogs")?;
/// assert!(svg.starts_with("<svg") && svg.contains("dog"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What the plotter says; none is known.
pub fn confusion<K: Width>(
    matrix: &Confusion<K>,
    names: &[&str],
    heading: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    let row = |class| (0..K::USIZE).map(|found| matrix.count(class, found)).collect();
    confusion_of(&(0..K::USIZE).map(row).collect::<Vec<_>>(), names, heading)
}

/// [`confusion`] of counts whose number of classes is known at run time: a row for each class, a number for each answer.
///
/// # Example
///
/// ```
/// let counts = [vec![9, 1], vec![0, 10]];
/// let svg = nanoprop_host::observe::confusion_of(&counts, &["cat", "dog"], "cats and dogs")?;
/// assert!(svg.contains("95.00 % of 20 right"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What the plotter says; none is known.
pub fn confusion_of(counts: &[Vec<u32>], names: &[&str], heading: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut svg = String::new();
    draw(counts, names, heading, &mut svg)?;
    Ok(svg)
}

fn draw(counts: &[Vec<u32>], names: &[&str], heading: &str, svg: &mut String) -> Result<(), Error> {
    const CELL: i32 = 46;
    let classes = counts.len() as i32;
    let name = |class: usize| names.get(class).map_or_else(|| class.to_string(), |name| (*name).to_owned());
    let longest = (0..counts.len()).map(|class| name(class).chars().count()).max().unwrap_or(1) as i32;
    let (left, top) = (40 + 8 * longest, 92);
    let size = (left + CELL * classes + 24, top + CELL * classes + 40 + 6 * longest);
    let support = |row: &[u32]| row.iter().copied().map(u64::from).sum::<u64>();
    let samples: u64 = counts.iter().map(|row| support(row)).sum();
    let right: u64 = counts.iter().enumerate().filter_map(|(class, row)| row.get(class)).copied().map(u64::from).sum();

    let root = SVGBackend::with_string(svg, (size.0 as u32, size.1 as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let write = |words: String, x: i32, y: i32, style: TextStyle<'_>| root.draw(&Text::new(words, (x, y), style));
    write(heading.to_owned(), size.0 / 2, 24, text(18, &BLACK, HPos::Center))?;
    let accuracy = format!("{:.2} % of {samples} right", 100.0 * right as f64 / samples.max(1) as f64);
    write(accuracy, size.0 / 2, 48, text(14, &GREY, HPos::Center))?;
    write("taken for".into(), left + CELL * classes / 2, top - 14, text(13, &GREY, HPos::Center))?;
    for (class, row) in counts.iter().enumerate() {
        let (y, support) = (top + CELL * class as i32, support(row).max(1) as f64);
        write(name(class), left - 8, y + CELL / 2, text(13, &BLACK, HPos::Right))?;
        for (found, &count) in row.iter().enumerate() {
            let x = left + CELL * found as i32;
            // The square root, or the few mistakes would not show.
            let shade = (f64::from(count) / support).sqrt();
            root.draw(&Rectangle::new([(x, y), (x + CELL, y + CELL)], BLUE.mix(shade).filled()))?;
            let color = if shade > 0.6 { WHITE } else { BLACK };
            if count > 0 {
                write(count.to_string(), x + CELL / 2, y + CELL / 2, text(13, &color, HPos::Center))?;
            }
        }
        let x = left + CELL * class as i32 + CELL / 2;
        let turned = text(13, &BLACK, HPos::Left).transform(FontTransform::Rotate90);
        write(name(class), x, top + CELL * classes + 8, turned)?;
    }
    let frame = [(left, top), (left + CELL * classes, top + CELL * classes)];
    root.draw(&Rectangle::new(frame, GREY.stroke_width(1)))?;
    root.present()?;
    Ok(())
}
