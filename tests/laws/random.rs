//! Random numbers: the generator is the published one, and initialisers draw what they say.

use super::bits;
use nanoprop::prelude::*;
use nanoprop::{Array, Course, Initializer, LeCun, Role, Tensor, Uniform};
use proptest::prelude::{prop_assert_eq, proptest};
use rand_pcg::rand_core::Rng;

/// The same stream in the `rand_pcg` crate: its increment is twice the stream's number, and 1.
fn published(seed: u64) -> rand_pcg::Lcg64Xsh32 {
    rand_pcg::Lcg64Xsh32::new(seed, 1_442_695_040_888_963_407 >> 1)
}

proptest! {
    #[test]
    fn pcg32_is_the_published_generator(seed: u64) {
        let (mut ours, mut theirs) = (Pcg32::new(seed), published(seed));
        for _ in 0..64 {
            prop_assert_eq!(Random::bits(&mut ours), Rng::next_u32(&mut theirs));
            prop_assert_eq!(Random::bits64(&mut ours), Rng::next_u64(&mut theirs));
        }
        let (mut found, mut expected) = ([0; 23], [0; 23]);
        ours.fill_bytes(&mut found);
        theirs.fill_bytes(&mut expected);
        prop_assert_eq!(found, expected);
    }

    /// Bit for bit, from the definition: `w = limit · (2u − 1)`, with u the upper bits of a draw.
    #[test]
    fn weights_are_those_of_the_definition(seed: u64) {
        let mut single = Network::<Dense<U3, U5>, SquaredError>::ZERO;
        single.initialize(&Xavier, &mut Pcg32::new(seed));
        let mut rng = published(seed);
        let limit = (6.0_f64 / 8.0).sqrt() as f32;
        let mut u = || (Rng::next_u32(&mut rng) >> 8) as f32 / 16_777_216.0;
        let weights: [f32; 15] = core::array::from_fn(|_| limit * (2.0 * u() - 1.0));
        prop_assert_eq!(&single.parameters()[..5], [0.0; 5]);
        prop_assert_eq!(bits(&single.parameters()[5..]), bits(&weights));

        let mut double = Network::<Dense<U3, U5, Identity, f64>, SquaredError>::ZERO;
        double.initialize(&Uniform(0.3), &mut Pcg32::new(seed));
        let mut rng = published(seed);
        let mut u = || (Rng::next_u64(&mut rng) >> 11) as f64 / 9_007_199_254_740_992.0;
        let weights: [f64; 20] = core::array::from_fn(|_| 0.3 * (2.0 * u() - 1.0));
        prop_assert_eq!(bits(double.parameters()), bits(&weights));
    }

    #[test]
    fn a_seed_is_a_network(seed: u64) {
        let digest = |seed| {
            let mut net = Network::<(Dense<U3, U5>, Dense<U5, U2>), SquaredError>::ZERO;
            net.initialize(&He, &mut Pcg32::new(seed));
            net.digest()
        };
        prop_assert_eq!(digest(seed), digest(seed));
        assert_ne!(digest(seed), digest(seed.wrapping_add(1)));
    }
}

/// Any generator of the `rand` crates will do; that of the same stream gives the same network.
#[test]
fn other_generators_serve() {
    type Net = Network<(Dense<U3, U5, Tanh, f64>, Dense<U5, U2, Identity, f64>), SquaredError>;
    let (mut ours, mut theirs, mut other) = (Net::ZERO, Net::ZERO, Net::ZERO);
    ours.initialize(&Xavier, &mut Pcg32::new(7));
    theirs.initialize(&Xavier, &mut published(7));
    other.initialize(&Xavier, &mut rand_pcg::Pcg64Mcg::new(7));
    assert_eq!(ours.digest(), theirs.digest());
    assert_ne!(ours.digest(), other.digest());
}

/// The same on every target and in every version.
#[test]
fn a_network_of_today_is_that_of_tomorrow() {
    fn digest(initializer: &impl Initializer) -> u64 {
        let mut net = Network::<(Dense<U3, U5>, Dense<U5, U2>), SquaredError>::ZERO;
        net.initialize(initializer, &mut Pcg32::new(1));
        net.digest()
    }
    let found = [digest(&Xavier), digest(&He), digest(&LeCun), digest(&Uniform(0.12)), digest(&Course)];
    let expected = [
        4_505_967_472_103_174_938,
        677_703_983_839_066_667,
        2_212_457_417_467_771_764,
        14_757_975_098_159_801_889,
        6_396_760_466_480_704_891,
    ];
    assert_eq!(found, expected);
}

/// Uniform in ±limit: the ends are reached, the mean is 0 and the variance limit²/3, all within 5 deviations.
#[track_caller]
fn uniform<T: Scalar>(values: &[T], limit: f64) {
    let n = values.len() as f64;
    let values: Vec<f64> = values.iter().map(|w| w.to_f64() / limit).collect();
    let rounded = 1.0 + 1e-7;
    assert!(values.iter().all(|w| (-rounded..=rounded).contains(w)));
    assert!(values.iter().any(|&w| w > 1.0 - 20.0 / n) && values.iter().any(|&w| w < 20.0 / n - 1.0));
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|w| w * w).sum::<f64>() / n;
    assert!(mean.abs() < 5.0 * (1.0 / 3.0 / n).sqrt(), "mean {mean}");
    assert!((variance - 1.0 / 3.0).abs() < 5.0 * (4.0 / 45.0 / n).sqrt(), "variance {variance}");
}

/// The limits of one initialiser for the tensors of a layer with fans 100 and 60; `None` for a bias of 0.
fn limits<T: Scalar>(initializer: &impl Initializer, weight: f64, bias: Option<f64>) {
    let mut net = Network::<Dense<U100, U60, Tanh, T>, SquaredError>::boxed();
    net.initialize(initializer, &mut Pcg32::new(3));
    let (first, weights) = net.parameters().split_at(60);
    uniform(weights, weight);
    match bias {
        Some(limit) => uniform(first, limit),
        None => assert!(first.iter().all(|w| w.to_f64() == 0.0)),
    }
}

#[test]
fn limits_are_those_of_the_papers() {
    limits::<f32>(&Xavier, (6.0_f64 / 160.0).sqrt(), None);
    limits::<f64>(&Xavier, (6.0_f64 / 160.0).sqrt(), None);
    limits::<f32>(&He, (6.0_f64 / 100.0).sqrt(), None);
    limits::<f64>(&He, (6.0_f64 / 100.0).sqrt(), None);
    limits::<f32>(&LeCun, (3.0_f64 / 100.0).sqrt(), None);
    limits::<f64>(&LeCun, (3.0_f64 / 100.0).sqrt(), None);
    limits::<f32>(&Uniform(0.12), 0.12, Some(0.12));
    limits::<f64>(&Uniform(0.12), 0.12, Some(0.12));
    let course = (6.0_f64 / 160.0).sqrt();
    limits::<f32>(&Course, course, Some(course));
    limits::<f64>(&Course, course, Some(course));
}

/// Weights from the inputs and weights from the state have fans of their own.
#[test]
fn recurrent_weights_have_their_own_fans() {
    let mut net = Network::<Elman<U4, U20, U60>, SquaredError>::boxed();
    net.initialize(&Xavier, &mut Pcg32::new(3));
    let (bias, weights) = net.parameters().split_at(60);
    assert!(bias.iter().all(|&b| b == 0.0));
    uniform(&weights[..20 * 60], (6.0_f64 / 80.0).sqrt());
    uniform(&weights[20 * 60..], (6.0_f64 / 120.0).sqrt());
}

#[test]
fn gains_start_at_one() {
    let tensor = Tensor { layer: 0, name: "gain", shape: Vector::<U3>::SHAPE, start: 0, role: Role::Gain };
    fn ones(tensor: &Tensor, initializer: &impl Initializer) {
        let (mut values, mut rng) = ([0.0_f32; 3], Pcg32::new(1));
        initializer.fill(tensor, &mut values, &mut rng);
        assert_eq!((values, rng), ([1.0; 3], Pcg32::new(1)));
    }
    ones(&tensor, &Xavier);
    ones(&tensor, &He);
    ones(&tensor, &LeCun);
    ones(&tensor, &Uniform(0.1));
    ones(&tensor, &Course);
}
