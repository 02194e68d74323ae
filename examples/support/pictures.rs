//! A picture of what `digits` has learned, as SVG: no fonts, no C libraries.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

type Error = Box<dyn std::error::Error>;

const BLUE: RGBColor = RGBColor(33, 102, 172);
const RED: RGBColor = RGBColor(178, 24, 43);
const GREY: RGBColor = RGBColor(90, 90, 90);
const FONT: &str = "sans-serif";

/// A map of 8×8 weights for each unit, all on one scale: red where ink excites the unit, blue where it inhibits.
pub(crate) fn maps(heading: &str, units: &[[f32; 64]]) -> Result<String, Error> {
    const CELL: i32 = 10;
    const STEP: (i32, i32) = (8 * CELL + 18, 8 * CELL + 32);
    const COLUMNS: usize = 8;
    let rows = units.len().div_ceil(COLUMNS) as i32;
    let (left, top) = (28, 84);
    let size = (2 * left + COLUMNS as i32 * STEP.0 - 18, top + rows * STEP.1 + 56);

    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (size.0 as u32, size.1 as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let text = |words: &str, x: i32, y: i32, size: u32, color: RGBColor, align: HPos| {
        let style = (FONT, size).into_font().color(&color).pos(Pos::new(align, VPos::Top));
        root.draw(&Text::new(words.to_owned(), (x, y), style))
    };
    let square = |x: i32, y: i32, (w, h): (i32, i32), style: ShapeStyle| {
        root.draw(&Rectangle::new([(x, y), (x + w, y + h)], style))
    };

    text(heading, size.0 / 2, 14, 20, BLACK, HPos::Center)?;
    text("weights from the 8×8 pixels, one map for each unit", size.0 / 2, 42, 14, GREY, HPos::Center)?;
    let scale = scale(units);
    for (index, unit) in units.iter().enumerate() {
        let (row, column) = ((index / COLUMNS) as i32, (index % COLUMNS) as i32);
        let (x0, y0) = (left + column * STEP.0, top + row * STEP.1);
        text(&format!("{}", index + 1), x0 + 4 * CELL, y0 - 16, 12, GREY, HPos::Center)?;
        for (pixel, &weight) in (0..).zip(unit) {
            let (x, y) = (x0 + pixel % 8 * CELL, y0 + pixel / 8 * CELL);
            square(x, y, (CELL, CELL), diverging(weight / scale).filled())?;
        }
        square(x0, y0, (8 * CELL, 8 * CELL), GREY.stroke_width(1))?;
    }

    let (bar, y) = (200, size.1 - 44);
    for step in 0..bar {
        square(
            size.0 / 2 - bar / 2 + step,
            y,
            (1, 12),
            diverging(2.0 * step as f32 / (bar - 1) as f32 - 1.0).filled(),
        )?;
    }
    for (label, x) in [(format!("≤ −{scale:.1}"), -bar / 2), ("0".into(), 0), (format!("≥ {scale:.1}"), bar / 2)]
    {
        text(&label, size.0 / 2 + x, y + 16, 12, GREY, HPos::Center)?;
    }
    text("ink inhibits", size.0 / 2 - bar / 2 - 12, y, 12, BLUE, HPos::Right)?;
    text("ink excites", size.0 / 2 + bar / 2 + 12, y, 12, RED, HPos::Left)?;
    root.present()?;
    drop(root);
    Ok(svg)
}

/// The size that 99 % of the weights don't exceed: the few beyond would leave the others pale.
fn scale(units: &[[f32; 64]]) -> f32 {
    let mut sizes: Vec<f32> = units.iter().flatten().map(|weight| weight.abs()).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() * 99 / 100).copied().unwrap_or(1.0).max(f32::MIN_POSITIVE)
}

/// From −1, blue, by 0, white, to 1, red; what lies beyond is as −1 or 1.
fn diverging(value: f32) -> RGBColor {
    let end = if value < 0.0 { BLUE } else { RED };
    let mix = |end: u8| (255.0 - f32::from(255 - end) * value.abs().min(1.0)).round() as u8;
    RGBColor(mix(end.0), mix(end.1), mix(end.2))
}
