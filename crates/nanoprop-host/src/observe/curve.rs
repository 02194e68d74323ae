use nanoprop::{Observer, Progress};
use plotters::prelude::*;

use super::style::{BLUE, Error, FONT, GREY, RED};

/// The losses after each epoch, for a picture.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_host::observe::Curve;
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])];
/// let (mut net, mut training, mut curve) = (Line::ZERO, Training::<Line, Sgd>::ZERO, Curve::new());
/// let recipe = Recipe { batch: 3, epochs: 4, ..Recipe::new(Sgd::new(0.25)) };
/// recipe.train(&mut net, &mut training).validate(&samples).observe(&mut curve).run(&samples);
/// assert_eq!(curve.epochs().len(), 4);
/// assert!(curve.svg("a line is learned")?.starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Curve {
    epochs: Vec<[f64; 2]>,
}

impl Curve {
    /// Before the first epoch.
    pub const fn new() -> Curve {
        Curve { epochs: vec![] }
    }

    /// The mean loss of the samples learned from and of those held out, after each epoch; NaN where it is not known.
    pub fn epochs(&self) -> &[[f64; 2]] {
        &self.epochs
    }

    /// The curves as SVG.
    ///
    /// # Errors
    ///
    /// What the plotter says; none is known.
    pub fn svg(&self, heading: &str) -> Result<String, Box<dyn std::error::Error>> {
        let mut svg = String::new();
        self.draw(heading, &mut svg)?;
        Ok(svg)
    }

    fn draw(&self, heading: &str, svg: &mut String) -> Result<(), Error> {
        let root = SVGBackend::with_string(svg, (640, 420)).into_drawing_area();
        root.fill(&WHITE)?;
        let all = || self.epochs.iter().flatten().copied().filter(|loss| loss.is_finite());
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let room = 0.06 * (high - low).max(1e-9);
        let mut chart = ChartBuilder::on(&root)
            .caption(heading, (FONT, 18))
            .margin(14)
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
            .y_desc("mean loss")
            .x_labels(self.epochs.len().clamp(2, 12))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .label_style((FONT, 13))
            .axis_desc_style((FONT, 14))
            .draw()?;
        for (name, which, color) in [("learned from", 0, BLUE), ("held out", 1, RED)] {
            let points = || {
                let losses = self.epochs.iter().map(|epoch| epoch[which]);
                (1..).map(f64::from).zip(losses).filter(|(_, loss)| loss.is_finite())
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
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .margin(14)
            .border_style(BLACK.mix(0.2))
            .background_style(WHITE)
            .label_font((FONT, 14))
            .draw()?;
        root.present()?;
        Ok(())
    }
}

impl Observer for Curve {
    fn epoch(&mut self, progress: &Progress) {
        self.epochs.push([progress.epoch_loss, progress.validation]);
    }
}
