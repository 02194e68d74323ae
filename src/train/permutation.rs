/// The numbers from 0 to `len − 1` in an order that a key chooses: a shuffle that takes no memory.
///
/// # Equations
///
/// A Feistel network of eight rounds permutes the numbers below the next power of two, at least 64: with `i = (l, r)`
/// in two halves of bits, `(l, r) ← (r, l ⊕ f(r, k))`, k from the key and the round. What falls beyond `len` goes round
/// again: of 32 numbers or more, less than once on average.
///
/// # Example
///
/// ```
/// use nanoprop::train::Permutation;
///
/// let order = Permutation::new(10, 1);
/// let mut all: Vec<usize> = (0..10).map(|i| order.get(i)).collect();
/// assert_eq!(all, [6, 1, 5, 4, 7, 0, 8, 9, 2, 3]);
/// all.sort();
/// assert_eq!(all, Vec::from_iter(0..10));
/// ```
///
/// # Source
///
/// M. Luby, C. Rackoff, "How to construct pseudorandom permutations from pseudorandom functions", SIAM J. Comput. 17
/// (1988); J. Black, P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002, for the walk along a cycle. The
/// round's function is the finaliser of A. Appleby's MurmurHash3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permutation {
    len: u64,
    key: u64,
}

impl Permutation {
    /// The order of `len` numbers that belongs to `key`.
    pub const fn new(len: usize, key: u64) -> Permutation {
        // Keys that follow each other become different in all bits: SplitMix64's finaliser.
        let key = (key ^ key >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let key = (key ^ key >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        Permutation { len: len as u64, key: key ^ key >> 31 }
    }

    /// The number at place `index`; `index` itself where that is not below the length.
    pub const fn get(&self, index: usize) -> usize {
        let mut i = index as u64;
        if i >= self.len {
            return index;
        }
        loop {
            i = self.round_trip(i);
            if i < self.len {
                return i as usize;
            }
        }
    }

    /// The permutation of the numbers below the power of two.
    const fn round_trip(&self, i: u64) -> u64 {
        let bits = 64 - (self.len - 1).leading_zeros();
        let bits = if bits < 6 { 6 } else { bits };
        // The halves may differ by a bit; they change sides in each round, and there are eight.
        let (mut high, mut low) = (bits / 2, bits - bits / 2);
        let (mut l, mut r) = (i >> low, i & mask(low));
        let mut round = 0;
        while round < 8 {
            let key = mix((self.key >> (32 * (round % 2))) as u32 ^ (round as u32).wrapping_mul(0x9E37_79B9));
            let f = mix(mix(r as u32 ^ key) ^ ((r >> 32) as u32) ^ (self.key >> 32) as u32);
            (l, r) = (r, l ^ (f as u64 & mask(high)));
            (high, low) = (low, high);
            round += 1;
        }
        l << low | r
    }
}

const fn mask(bits: u32) -> u64 {
    (1 << bits) - 1
}

/// MurmurHash3's `fmix32`.
const fn mix(x: u32) -> u32 {
    let x = (x ^ x >> 16).wrapping_mul(0x85EB_CA6B);
    let x = (x ^ x >> 13).wrapping_mul(0xC2B2_AE35);
    x ^ x >> 16
}

#[cfg(test)]
mod tests {
    use super::Permutation;

    #[test]
    fn each_number_comes_once() {
        for len in (0..300).chain([1000, 1023, 1024, 1025, 60_000]) {
            let mut seen = vec![false; len];
            let order = Permutation::new(len, 7);
            (0..len).for_each(|i| assert!(!core::mem::replace(&mut seen[order.get(i)], true), "{len}"));
        }
        assert_eq!(Permutation::new(3, 1).get(3), 3);
    }

    /// χ² of where each number comes to lie, over keys that follow each other, and of pairs of neighbours.
    #[test]
    fn all_orders_are_alike() {
        const KEYS: usize = 20_000;
        for len in [2, 3, 5, 8, 13, 100] {
            let mut places = vec![0.0; len * len];
            let mut next = vec![0.0; len];
            for key in 0..KEYS {
                let order = Permutation::new(len, key as u64);
                (0..len).for_each(|i| places[i * len + order.get(i)] += 1.0);
                next[(len + order.get(1) - order.get(0)) % len] += 1.0;
            }
            let chi = |counts: &[f64], each: f64| counts.iter().map(|n| (n - each) * (n - each) / each).sum::<f64>();
            let free = ((len - 1) * (len - 1)) as f64;
            let found = chi(&places, (KEYS / len) as f64);
            assert!((found - free).abs() < 5.0 * (2.0 * free).sqrt(), "{len}: χ² {found}, expected {free}");
            let free = (len - 2) as f64;
            let found = chi(&next[1..], KEYS as f64 / (len - 1) as f64);
            assert!((found - free).abs() <= 5.0 * (2.0 * free).sqrt(), "{len}: χ² {found}, expected {free}");
        }
        // All six orders of three.
        let mut orders = [0.0_f64; 27];
        for key in 0..KEYS {
            let order = Permutation::new(3, key as u64);
            orders[9 * order.get(0) + 3 * order.get(1) + order.get(2)] += 1.0;
        }
        let each = KEYS as f64 / 6.0;
        let chi: f64 = orders.iter().filter(|&&n| n > 0.0).map(|n| (n - each).powi(2) / each).sum();
        assert!(chi < 21.0, "{chi}"); // 5 degrees of freedom: 0.1 %
    }
}
