use nanoprop::{Observer, Progress};

use super::panel::{Panel, panels};

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
/// recipe.train(&mut net, &mut training).validate(&samples).observe(&mut curve).run(&samples)?;
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
        panels(heading, &[Panel { title: "", unit: "mean loss", epochs: &self.epochs }])
    }
}

impl Observer for Curve {
    fn epoch(&mut self, progress: &Progress) {
        self.epochs.push([progress.epoch_loss, progress.validation]);
    }
}
