//! A search along a line.

use super::product::{exponent, shifted};
use super::{Along, Method, Search, dot};
use crate::array::Plain;
use crate::kernel;
use crate::layer::{Cue, InputOf, OutputOf};
use crate::loss::{self, Loss};
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::{Number, Real};

/// How much of the slope's promise a step must keep: c₁ of the Wolfe conditions.
const LOWER: f64 = 1e-4;
/// The most points that are tried on one line, out and in.
const TRIES: usize = 25;

/// A point of a line: how far from its start, in units of the line, J there, and the slope along it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) at: f64,
    pub(super) cost: f64,
    pub(super) slope: f64,
}

/// All that J along a line depends on.
pub(super) struct Line<'a, L: Layers, E: Loss, S: ?Sized, P, M: Method, const B: usize> {
    pub(super) net: &'a mut Network<L, E>,
    pub(super) samples: &'a S,
    pub(super) penalty: P,
    pub(super) search: &'a mut Search<Network<L, E>, M, B>,
    /// 2 to this is the length of the direction that points and slopes are told in; 0 for all but extreme directions.
    pub(super) unit: i64,
}

impl<L: Layers, E: Loss, S, P: Penalty, M: Method, const B: usize> Line<'_, L, E, S, P, M, B>
where
    S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    /// J and its gradient of the network as it is.
    pub(super) fn evaluate(&mut self) -> f64 {
        let Search { grad, tapes, .. } = &mut *self.search;
        let (len, mut sum) = (self.samples.len(), 0.0);
        let look = |z: &[_], y: &[_], weight| sum += loss::cost::<E, _>(z, y, weight);
        self.net.gradient_of::<S, B>(Cue::Predict, self.samples, self.penalty, grad, tapes, look);
        sum / len as f64 + self.net.mean_cost(0.0, len, self.penalty).to_f64()
    }

    /// The point so far along the line, where the network and its gradient now are.
    fn point(&mut self, at: f64) -> Point {
        let Search { start, direction, .. } = &*self.search;
        kernel::map(Along(shifted(at, self.unit)), start.flat(), direction.flat(), self.net.flat_mut());
        let cost = self.evaluate();
        Point { at, cost, slope: dot(&*self.search.grad, &self.search.direction).times(self.unit) }
    }

    /// A point that keeps the conditions, or at least lowers J; `None`, with the network at the start, where none is found.
    pub(super) fn search(&mut self, start: Point, guess: f64) -> Option<Point> {
        let (mut low, mut at) = (start, guess);
        for _ in 0..TRIES {
            let point = self.point(at);
            if !start.lowers(point) || (low.at > 0.0 && point.cost >= low.cost) {
                return self.between(start, low, point);
            }
            if start.flattens::<M>(point) {
                return Some(point);
            }
            if point.slope >= 0.0 {
                return self.between(start, point, low);
            }
            low = point;
            at *= 2.0;
        }
        Some(low) // the last point
    }

    /// A point between the lower of two and the other.
    fn between(&mut self, start: Point, mut low: Point, mut high: Point) -> Option<Point> {
        for _ in 0..TRIES {
            let point = self.point(low.least(high));
            if !start.lowers(point) || point.cost >= low.cost {
                high = point;
            } else {
                if start.flattens::<M>(point) {
                    return Some(point);
                }
                if point.slope * (high.at - low.at) >= 0.0 {
                    high = low;
                }
                low = point;
            }
        }
        if low.at > 0.0 {
            let found = self.point(low.at);
            if found.cost < start.cost {
                return Some(found);
            }
        }
        self.net.copy_from(&self.search.start);
        None
    }
}

impl Point {
    /// Whether a point is lower by enough.
    fn lowers(self, point: Point) -> bool {
        point.cost <= self.cost + LOWER * point.at * self.slope && point.slope.is_finite()
    }

    fn flattens<M: Method>(self, point: Point) -> bool {
        point.slope.abs() <= M::FLATTER * self.slope.abs()
    }

    /// Where the cubic through two points with their slopes is least, if that is well between them; else the middle.
    fn least(self, other: Point) -> f64 {
        let width = other.at - self.at;
        let middle = self.at + 0.5 * width;
        let d1 = self.slope + other.slope - 3.0 * (other.cost - self.cost) / width;
        // No square overflows or vanishes.
        let up = exponent(&[self.slope, other.slope, d1]);
        let [here, there, d1] = [self.slope, other.slope, d1].map(|slope| shifted(slope, up));
        let square = d1 * d1 - here * there;
        if square.is_nan() || square < 0.0 {
            return middle;
        }
        let d2 = Real::sqrt(square);
        // (3.59), with the root's sign so that it is the minimum in either direction.
        let d2 = if width < 0.0 { -d2 } else { d2 };
        let at = other.at - width * (there + d2 - d1) / (there - here + 2.0 * d2);
        let part = (at - self.at) / width;
        if (0.05..=0.95).contains(&part) { at } else { middle }
    }
}
