/// How numbers are shown at an axis: in a power of ten where they are very large or small, with as many decimals as tell
/// eight labels apart.
pub(super) struct Scale {
    power: i32,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) decimals: usize,
}

impl Scale {
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Scale {
        let bounds = values.fold(None, |bounds: Option<(f64, f64)>, value| {
            let (low, high) = bounds.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        });
        let (low, high) = bounds.unwrap_or((0.0, 1.0));
        let largest = low.abs().max(high.abs());
        let exponent = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
        let power = if (-3..6).contains(&exponent) { 0 } else { exponent };
        let mut scale = Scale { power, low: 0.0, high: 0.0, decimals: 0 };
        (scale.low, scale.high) = (scale.at(low), scale.at(high));
        // A line that is level is in the middle.
        let size = scale.low.abs().max(scale.high.abs());
        if scale.high - scale.low <= 1e-9 * size || size == 0.0 {
            let room = if size > 0.0 { 0.05 * size } else { 1.0 };
            (scale.low, scale.high) = (scale.low - room, scale.high + room);
        }
        scale.decimals = (1.0 - ((scale.high - scale.low) / 8.0).log10().floor()).clamp(0.0, 12.0) as usize;
        scale
    }

    /// A number in the axis's power of ten; in two steps, since the power of a subnormal number has no reciprocal.
    pub(super) fn at(&self, value: f64) -> f64 {
        let half = self.power / 2;
        value / 10_f64.powi(half) / 10_f64.powi(self.power - half)
    }

    pub(super) fn unit(&self, unit: &str) -> String {
        if self.power == 0 { unit.to_owned() } else { format!("{unit} × 10^{}", self.power) }
    }
}
