use plotters::coord::Shift;
use plotters::prelude::*;

use super::scale::Scale;
use super::style::{BLUE, Error, FONT, GREY, RED};

/// A quantity after each epoch, for a picture.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    /// What it is.
    pub title: &'a str,
    /// Its unit, at the axis.
    pub unit: &'a str,
    /// Of the samples learned from and of those held out; NaN where it is not known.
    pub epochs: &'a [[f64; 2]],
}

/// Some panels side by side, as SVG: no fonts, no C libraries.
///
/// # Errors
///
/// What the plotter says; none is known.
///
/// # Example
///
/// ```
/// use nanoprop_host::observe::{Panel, panels};
///
/// let cost = Panel { title: "cost", unit: "J, nats per sample", epochs: &[[0.9, 1.0], [0.3, 0.5]] };
/// let accuracy = Panel { title: "accuracy", unit: "%", epochs: &[[71.0, 70.0], [97.0, 95.0]] };
/// assert!(panels("it learns", &[cost, accuracy])?.starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn panels(heading: &str, panels: &[Panel]) -> Result<String, Box<dyn std::error::Error>> {
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (160 + 480 * panels.len() as u32, 440)).into_drawing_area();
    root.fill(&WHITE)?;
    let areas = root.titled(heading, (FONT, 20))?.split_evenly((1, panels.len().max(1)));
    for (panel, area) in panels.iter().zip(&areas) {
        panel.draw(area)?;
    }
    root.present()?;
    drop((areas, root));
    Ok(svg)
}

impl Panel<'_> {
    fn draw(&self, area: &DrawingArea<SVGBackend, Shift>) -> Result<(), Error> {
        let all = || self.epochs.iter().flatten().copied().filter(|value| value.is_finite());
        let scale = Scale::of(all());
        let (low, high) = (scale.low, scale.high);
        let room = 0.06 * (high - low);
        let unit = scale.unit(self.unit);
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, (FONT, 16))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.5..self.epochs.len().max(1) as f64 + 0.5, low - room..high + room)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.12))
            .axis_style(GREY)
            .x_desc("epoch")
            .y_desc(unit)
            .x_labels(self.epochs.len().clamp(2, 12))
            .y_labels(8)
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.*}", scale.decimals))
            .label_style((FONT, 13))
            .axis_desc_style((FONT, 14))
            .draw()?;
        for (name, which, color) in [("learned from", 0, BLUE), ("held out", 1, RED)] {
            let points = || {
                let values = self.epochs.iter().map(|epoch| epoch[which]);
                (1..).map(f64::from).zip(values).filter(|(_, y)| y.is_finite()).map(|(x, y)| (x, scale.at(y)))
            };
            if points().next().is_none() {
                continue;
            }
            chart
                .draw_series(LineSeries::new(points(), color.stroke_width(2)))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
            chart.draw_series(points().map(|point| Circle::new(point, 3, color.filled())))?;
        }
        // Where the curves end is where they don't begin.
        let falls = all().next() >= all().next_back();
        let free = if falls { SeriesLabelPosition::UpperRight } else { SeriesLabelPosition::LowerRight };
        chart
            .configure_series_labels()
            .position(free)
            .margin(14)
            .border_style(BLACK.mix(0.2))
            .background_style(WHITE)
            .label_font((FONT, 14))
            .draw()?;
        Ok(())
    }
}
