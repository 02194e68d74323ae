/// When learning is undone, for a network that learns in the field and must not lose what it knows.
///
/// Whatever the bounds, nothing is learned from a batch with a number that is not finite, and a step is undone when it
/// led to parameters, a loss or a gradient that are not. The network then has its last good weights again, from a shadow
/// that the caller owns, and the optimiser starts anew.
///
/// The initial weights count as good. Then, where samples are held out, those after an epoch count as good whose loss of
/// these samples is finite and within the bounds; where nothing is held out, those whose loss of a batch and gradient were
/// finite.
#[doc(alias = "TerminateOnNaN")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guard {
    /// The most that the loss of what is held out may be.
    pub absolute: f64,
    /// The most that it may be as a multiple of the best so far. By 1.5 it may be worse by half of the best's magnitude,
    /// also where losses are negative: `best + (relative − 1) |best|`.
    pub relative: f64,
}

impl Guard {
    /// No bound: finite is enough.
    pub const FINITE: Guard = Guard { absolute: f64::INFINITY, relative: f64::INFINITY };

    /// Whether a loss is within the bounds.
    pub(crate) fn accepts(&self, loss: f64, best: f64) -> bool {
        let most = if best < 0.0 { best + (self.relative - 1.0) * best.abs() } else { self.relative * best };
        let beyond = loss > self.absolute || (best.is_finite() && loss > most);
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
        // −10 and a quarter of its magnitude: −7.5.
        let guard = Guard { relative: 1.25, ..Guard::FINITE };
        assert!(guard.accepts(-7.5, -10.0) && !guard.accepts(-7.4, -10.0) && guard.accepts(-12.0, -10.0));
        assert!(Guard::FINITE.accepts(f64::MAX, -10.0));
        for guard in [guard, Guard::FINITE] {
            assert!(!guard.accepts(f64::NAN, 1.0) && !guard.accepts(f64::INFINITY, f64::INFINITY));
        }
        assert!(Guard::FINITE.accepts(f64::MAX, 0.0));
    }
}
