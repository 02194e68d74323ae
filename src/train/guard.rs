/// When learning is undone, for a network that learns in the field and must not lose what it knows.
///
/// Whatever the bounds, nothing is learned from a batch with a number that is not finite, and a step is undone when it
/// led to parameters, a loss or a gradient that are not. The network then has its last good weights again, from a shadow
/// that the caller owns, and the optimiser starts anew.
///
/// Good are the weights before the first step; then, where samples are held out, those whose loss of them is finite and
/// within the bounds, after each epoch; else those whose loss of a batch, and gradient, were finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guard {
    /// The most that the loss of what is held out may be.
    pub absolute: f64,
    /// The most that it may be as a multiple of the best so far.
    pub relative: f64,
}

impl Guard {
    /// No bound: finite is enough.
    pub const FINITE: Guard = Guard { absolute: f64::INFINITY, relative: f64::INFINITY };

    /// Whether a loss is within the bounds.
    pub(crate) fn accepts(&self, loss: f64, best: f64) -> bool {
        let beyond = loss > self.absolute || (best.is_finite() && loss > self.relative * best);
        loss.is_finite() && !beyond
    }
}

/// Why a step was undone or left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// An input or target of the batch is not finite: its step was left out, nothing is undone.
    Sample,
    /// The loss of a batch or the gradient is not finite, though its samples are: the weights are too large.
    Divergence,
    /// A parameter was not finite after a step.
    Parameters,
    /// What is held out costs more than the bound.
    Validation,
}

#[cfg(test)]
mod tests {
    use super::Guard;

    #[test]
    fn bounds() {
        let guard = Guard { absolute: 3.0, relative: 1.5 };
        assert!(guard.accepts(3.0, f64::INFINITY) && !guard.accepts(3.1, f64::INFINITY));
        assert!(guard.accepts(1.5, 1.0) && !guard.accepts(1.6, 1.0));
        for guard in [guard, Guard::FINITE] {
            assert!(!guard.accepts(f64::NAN, 1.0) && !guard.accepts(f64::INFINITY, f64::INFINITY));
        }
        assert!(Guard::FINITE.accepts(f64::MAX, 0.0));
    }
}
