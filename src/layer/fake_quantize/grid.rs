use crate::int8::{Scale, round};
use crate::scalar::Scalar;

/// Numbers at equal distances: `step · n` for n from `least` on, `2^bits` of them.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    step: f64,
    least: i64,
    count: i64,
}

impl Grid {
    /// From `low` to `high`, and 0, as [`Scale::range`] has them; none where nothing lies between.
    pub(super) fn of(low: f64, high: f64, bits: u32) -> Option<Grid> {
        // In this order NaN is 0.
        let (low, high) = (if low < 0.0 { low } else { 0.0 }, if high > 0.0 { high } else { 0.0 });
        let count = 1_i64.wrapping_shl(bits);
        let step = f64::from(((high - low) / (count - 1) as f64) as f32);
        let ordinary = step >= f64::from(f32::MIN_POSITIVE) && step.is_finite();
        let half = count / 2;
        let zero = round(-(half as f64) - low / step).clamp(-half, half - 1);
        ordinary.then_some(Grid { step, least: -half - zero, count })
    }

    /// That of an activation's outputs, of this step and zero point in 8 bits.
    pub(super) fn fixed(step: f32, zero: i8, bits: u32) -> Grid {
        let (count, finer) = (1_i64.wrapping_shl(bits), 1_i64.wrapping_shl(bits.saturating_sub(8)));
        Grid { step: f64::from(step) / finer as f64, least: -count / 2 - i64::from(zero) * finer, count }
    }

    /// What the integers of 8 bits stand for.
    pub(super) fn scale(self) -> Scale {
        Scale::new(self.step as f32, (-128 - self.least).clamp(-128, 127) as i8)
    }

    /// Each number as the nearest of the grid; sets `within` to 0 where one is beyond it.
    pub(super) fn round<T: Scalar>(self, numbers: &mut [T], within: &mut [i8]) {
        let Grid { step, least, count } = self;
        let most = least + count - 1;
        let mut within = within.iter_mut();
        for number in numbers {
            let at = number.to_f64() / step;
            *number = T::from_f64(round(at).clamp(least, most) as f64 * step);
            let inside = at >= least as f64 && at <= most as f64;
            within.next().into_iter().for_each(|within| *within = inside.into());
        }
    }
}
