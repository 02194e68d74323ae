//! The weighted mean of networks: federated averaging.

use crate::array::Plain;
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::scalar::Scalar;

/// Numbers whose means are taken together.
const LANES: usize = 16;

impl<L: Layers, E: Loss> Network<L, E> {
    /// Federated averaging: becomes the mean of other networks of its type, each weighted by how many samples it learned
    /// from. Where no client has any, it stays as it is.
    ///
    /// # Equations
    ///
    /// `Θ ← Σₖ (nₖ / n) Θₖ`, with `n = Σₖ nₖ`
    ///
    /// # Order
    ///
    /// That of [`weighted_mean`]: a fixed tree over the clients, in `f64`. So it does not
    /// matter which of several machines adds up what, and the mean of equal networks of `f32` is that network.
    ///
    /// # Memory
    ///
    /// This network; no other.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut mean, mut a, mut b) = (Line::ZERO, Line::ZERO, Line::ZERO);
    /// a.parameters_mut().copy_from_slice(&[1.0, 2.0]);
    /// b.parameters_mut().copy_from_slice(&[5.0, -2.0]);
    /// mean.federate(&[(&a, 300), (&b, 100)]);
    /// assert_eq!(mean.parameters(), [2.0, 1.0]);
    /// ```
    ///
    /// # Source
    ///
    /// H. B. McMahan et al., "Communication-efficient learning of deep networks from decentralized data", AISTATS 2017,
    /// algorithm 1.
    #[doc(alias("FedAvg", "federated averaging"))]
    pub fn federate(&mut self, clients: &[(&Self, u64)]) {
        mean(clients, |client: &Self| client.flat(), self.flat_mut());
    }
}

/// The weighted mean of slices of one length, number by number: [`Network::federate`] of parts of networks, as of those that
/// other machines send. Numbers that a client lacks count as 0. Where all weights are 0, `to` stays as it is.
///
/// # Order
///
/// `(Σₖ nₖ xₖ) / Σₖ nₖ` in `f64`, each product and sum rounded, and at the end once to the scalar. The sum over m clients is a
/// binary tree: up to the largest power of two below m, and the rest, each summed in this way.
///
/// # Example
///
/// ```
/// let mut mean = [0.0_f32; 2];
/// nanoprop::network::weighted_mean(&[(&[1.0, 2.0][..], 1), (&[4.0, 2.0][..], 2)], &mut mean);
/// assert_eq!(mean, [3.0, 2.0]);
/// ```
pub fn weighted_mean<T: Scalar>(clients: &[(&[T], u64)], to: &mut [T]) {
    mean(clients, |client: &[T]| client, to);
}

/// [`weighted_mean`] of what has numbers.
fn mean<'a, C: Copy, T: Scalar>(clients: &[(C, u64)], of: impl Fn(C) -> &'a [T] + Copy, to: &mut [T]) {
    let total = clients.iter().map(|&(_, weight)| weight as f64).sum::<f64>();
    if total == 0.0 {
        return;
    }
    for (k, to) in to.chunks_mut(LANES).enumerate() {
        let sums = tree(clients, |client| of(client).get(LANES * k..).unwrap_or_default());
        to.iter_mut().zip(sums).for_each(|(to, sum)| *to = T::from_f64(sum / total));
    }
}

/// The sums of the first numbers of each client, times its weight, in a tree that their number alone fixes.
fn tree<'a, C: Copy, T: Scalar>(clients: &[(C, u64)], of: impl Fn(C) -> &'a [T] + Copy) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    match clients {
        [] => {}
        &[(client, weight)] => {
            sums.iter_mut().zip(of(client)).for_each(|(sum, x)| *sum = weight as f64 * x.to_f64());
        }
        _ => {
            let half = clients.len().next_power_of_two() / 2;
            let (a, b) = clients.split_at(half.min(clients.len()));
            sums = tree(a, of);
            sums.iter_mut().zip(tree(b, of)).for_each(|(sum, other)| *sum += other);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::weighted_mean;
    use crate::prelude::*;

    /// A term that is lost beside 2⁶⁰, and is not lost after it: so the tree is ((a + b) + (c + d)) + e.
    #[test]
    fn the_order_is_a_tree() {
        let large = (1_u64 << 60) as f64;
        let mean = |x: [f64; 5]| {
            let (of, mut to) = (x.each_ref().map(|x| (core::slice::from_ref(x), 1)), [f64::NAN]);
            weighted_mean(&of, &mut to);
            to[0] * 5.0
        };
        assert_eq!(mean([large, 1.0, -large, 1.0, 5.0]), 5.0);
        assert_eq!(mean([large, -large, 1.0, 1.0, 3.0]), 5.0);
        assert_eq!(mean([5.0, 0.0, large, -large, 0.0]), 5.0);
        assert_eq!(mean([large, 0.0, 5.0, 0.0, -large]), 0.0);
    }

    #[test]
    fn weights_count_and_equal_networks_stay() {
        type Net = Network<Dense<U7, U5>, SquaredError>;
        let (mut a, mut b, mut mean) = (Net::ZERO, Net::ZERO, Net::ZERO);
        a.initialize(&Xavier, &mut Pcg32::new(1));
        b.initialize(&Xavier, &mut Pcg32::new(2));
        mean.federate(&[(&a, 3), (&a, 7), (&a, 1)]);
        assert_eq!(mean.parameters(), a.parameters());
        mean.federate(&[(&a, 3), (&b, 1)]);
        for ((m, a), b) in mean.parameters().iter().zip(a.parameters()).zip(b.parameters()) {
            assert_eq!(*m, ((3.0 * f64::from(*a) + f64::from(*b)) / 4.0) as f32);
        }
        let before = mean.parameters().to_vec();
        mean.federate(&[]);
        mean.federate(&[(&a, 0)]);
        assert_eq!(mean.parameters(), before);
    }
}
