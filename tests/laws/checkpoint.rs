//! Checkpoints: what was saved is what is loaded, and whatever is wrong with the bytes is found.

use super::{bits, net};
use nanoprop::prelude::*;
use nanoprop::{CheckpointError, Layers, Loss, TensorName};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

network! {
    type Net = 2 => Dense<3, Tanh> => Dense<2>, loss = SigmoidCrossEntropy;
    type Double = 2 => Dense<3, Tanh> => Dense<2>, loss = SigmoidCrossEntropy, scalar = f64;
}

const SIZE: usize = Net::CHECKPOINT;

fn saved<L: Layers, E: Loss>(net: &Network<L, E>) -> Vec<u8> {
    let mut bytes = vec![0; Network::<L, E>::CHECKPOINT];
    assert_eq!(net.save(&mut bytes), Ok(bytes.len()));
    bytes
}

/// The checkpoint of a network with random weights.
fn good() -> Vec<u8> {
    let net: Box<Net> = net(1);
    saved(&net)
}

/// The error of loading; asserts that the network stays as it was.
#[track_caller]
fn refused(bytes: &[u8]) -> CheckpointError {
    let mut other: Box<Net> = net(2);
    let before = bits(other.parameters());
    let error = other.load(bytes).unwrap_err();
    assert_eq!(bits(other.parameters()), before);
    error
}

/// CRC-32 by its definition, a bit at a time.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ byte as u32, |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// Makes the CRC at the end right.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len() - 4;
    let crc = crc(&bytes[..body]).to_le_bytes();
    bytes[body..].copy_from_slice(&crc);
    bytes
}

/// A good checkpoint with other bytes from `at`, and the CRC made right.
fn with(at: usize, other: &[u8]) -> Vec<u8> {
    let mut bytes = good();
    bytes[at..at + other.len()].copy_from_slice(other);
    sealed(bytes)
}

proptest! {
    /// Any finite bits: subnormals, −0, the largest.
    #[test]
    fn what_is_saved_is_loaded(single: [u32; Net::PARAMETERS], double: [u64; Double::PARAMETERS]) {
        let (single, double) = (single.map(|bits| bits & !(1 << 23)), double.map(|bits| bits & !(1 << 52)));
        let (mut first, mut second) = (Net::ZERO, Net::ZERO);
        first.parameters_mut().copy_from_slice(&single.map(f32::from_bits));
        prop_assert_eq!(second.load(&saved(&first)), Ok(()));
        prop_assert_eq!(bits(second.parameters()), bits(first.parameters()));
        prop_assert_eq!(second.digest(), first.digest());

        let (mut first, mut second) = (Double::ZERO, Double::ZERO);
        first.parameters_mut().copy_from_slice(&double.map(f64::from_bits));
        prop_assert_eq!(second.load(&saved(&first)), Ok(()));
        prop_assert_eq!(bits(second.parameters()), bits(first.parameters()));
    }

    /// And nothing else: the tensor is named, nothing is written.
    #[test]
    fn what_is_not_finite_is_not_saved(at in 0..Net::PARAMETERS, payload in 0..1_u32 << 23, sign: bool) {
        let mut net: Box<Net> = net(1);
        net.parameters_mut()[at] = f32::from_bits(u32::from(sign) << 31 | 0xff << 23 | payload);
        let mut bytes = vec![7; SIZE];
        let layer = usize::from(at >= 9);
        let name = if [0..3, 9..11].iter().any(|bias| bias.contains(&at)) { "bias" } else { "weight" };
        let error = net.save(&mut bytes).unwrap_err();
        prop_assert_eq!(error, CheckpointError::NotFinite(TensorName { layer, name }));
        prop_assert_eq!(error.to_string(), format!("not saved: the {name} of layer {} is not finite", layer + 1));
        prop_assert!(bytes.iter().all(|&byte| byte == 7));
    }

    #[test]
    fn garbage_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        refused(&bytes);
    }

    /// Behind a right beginning and with a right CRC.
    #[test]
    fn plausible_garbage_is_refused(rest in prop::collection::vec(any::<u8>(), 4..200), header in 4..24_usize) {
        let bytes = sealed([&good()[..header], &rest[..]].concat());
        prop_assert!(refused(&bytes) != CheckpointError::NotACheckpoint);
    }

    #[test]
    fn digests_differ_where_bits_do(index in 0..Net::PARAMETERS, bit in 0..32_u32) {
        let first: Box<Net> = net(1);
        let mut second: Box<Net> = net(1);
        prop_assert_eq!(second.digest(), first.digest());
        let value = &mut second.parameters_mut()[index];
        *value = f32::from_bits(value.to_bits() ^ 1 << bit);
        prop_assert!(second.digest() != first.digest());
    }
}

/// The bytes as the documentation lists them, so that they can't change unnoticed.
#[test]
fn the_format_is_the_documented_one() {
    let net: Box<Net> = net(1);
    let mut expected = b"nprp\x01\x00\x04\x00".to_vec();
    expected.extend(Net::FINGERPRINT.to_le_bytes());
    expected.extend((Net::PARAMETERS as u64).to_le_bytes());
    expected.extend(net.parameters().iter().flat_map(|w| w.to_le_bytes()));
    expected.extend(crc(&expected).to_le_bytes());
    assert_eq!(good(), expected);
    assert_eq!((crc(b"123456789"), expected.len()), (0xcbf4_3926, SIZE)); // the catalogue's check value
}

#[test]
fn a_small_buffer_is_not_written() {
    let net: Box<Net> = net(1);
    for len in 0..SIZE {
        let mut buffer = vec![0xa5; len];
        assert_eq!(net.save(&mut buffer), Err(CheckpointError::BufferTooSmall { needed: SIZE, found: len }));
        assert!(buffer.iter().all(|&byte| byte == 0xa5));
    }
    let mut buffer = vec![0xa5; SIZE + 9];
    assert_eq!(net.save(&mut buffer), Ok(SIZE));
    assert_eq!((&buffer[..SIZE], &buffer[SIZE..]), (&good()[..], &[0xa5; 9][..]));
}

#[test]
fn every_cut_is_found() {
    for found in 0..SIZE {
        assert_eq!(refused(&good()[..found]), CheckpointError::Truncated { expected: SIZE, found });
    }
}

#[test]
fn every_flipped_bit_is_found() {
    for bit in 0..8 * SIZE {
        let mut bytes = good();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let magic = bit / 8 < 4;
        let expected = if magic { CheckpointError::NotACheckpoint } else { CheckpointError::Corrupted };
        assert_eq!(refused(&bytes), expected, "bit {bit}");
    }
}

#[test]
fn bytes_behind_are_found() {
    for (found, byte) in (SIZE + 1..SIZE + 40).flat_map(|found| [(found, 0), (found, 0xff)]) {
        let mut bytes = good();
        bytes.resize(found, byte);
        assert_eq!(refused(&bytes), CheckpointError::TrailingBytes { expected: SIZE, found });
    }
    assert_eq!(refused(&[good(), good()].concat()), CheckpointError::TrailingBytes { expected: SIZE, found: 2 * SIZE });
    // As if it were longer by intention, which no network's checkpoint is.
    refused(&sealed([good(), vec![0; 4]].concat()));
}

#[test]
fn what_is_no_checkpoint_is_found() {
    assert_eq!(refused(b""), CheckpointError::Truncated { expected: SIZE, found: 0 });
    assert_eq!(refused(b"n"), CheckpointError::Truncated { expected: SIZE, found: 1 });
    assert_eq!(refused(b"x"), CheckpointError::NotACheckpoint);
    assert_eq!(refused(&[0; SIZE]), CheckpointError::NotACheckpoint);
    assert_eq!(refused(&[0xff; SIZE]), CheckpointError::NotACheckpoint);
}

#[test]
fn other_headers_with_a_right_crc_are_found() {
    let mut same = Net::ZERO;
    assert_eq!(same.load(&with(0, b"nprp")), Ok(()));
    for found in [0, 2, 0x100, u16::MAX] {
        assert_eq!(refused(&with(4, &found.to_le_bytes())), CheckpointError::UnknownVersion { found });
    }
    for found in [0_u16, 2, 8, u16::MAX] {
        let error = CheckpointError::WrongScalar { expected: 4, found: found as usize };
        assert_eq!(refused(&with(6, &found.to_le_bytes())), error);
    }
    let expected = Net::PARAMETERS as u64;
    let other = CheckpointError::WrongArchitecture { expected, found: expected };
    assert_eq!(refused(&with(8, &(Net::FINGERPRINT ^ 1).to_le_bytes())), other);
    for found in [0, expected - 1, expected + 1, u64::MAX] {
        assert_eq!(refused(&with(16, &found.to_le_bytes())), CheckpointError::WrongArchitecture { expected, found });
    }
}

#[test]
fn checkpoints_of_other_networks_are_found() {
    macro_rules! refused {
        ($($name:ident = $found:literal: {$($net:tt)+};)+) => {$({
            network! { type $name = $($net)+; }
            let other: Box<$name> = net(1);
            let error = CheckpointError::WrongArchitecture { expected: Net::PARAMETERS as u64, found: $found };
            assert_eq!(refused(&saved(&other)), error, stringify!($name));
            assert_ne!($name::FINGERPRINT, Net::FINGERPRINT);
        })+};
    }
    refused! {
        Activation = 17: { 2 => Dense<3, Sigmoid> => Dense<2>, loss = SigmoidCrossEntropy };
        LastActivation = 17: { 2 => Dense<3, Tanh> => Dense<2, LeakyRelu>, loss = SigmoidCrossEntropy };
        AnotherLoss = 17: { 2 => Dense<3, Tanh> => Dense<2>, loss = SoftmaxCrossEntropy };
        Width = 22: { 2 => Dense<4, Tanh> => Dense<2>, loss = SigmoidCrossEntropy };
        OneMore = 17: { 2 => Dense<3, Tanh> => Gelu => Dense<2>, loss = SigmoidCrossEntropy };
        NoBias = 12: { 2 => Dense<3, Tanh, Unbiased> => Dense<2, Identity, Unbiased>, loss = SigmoidCrossEntropy };
    }
    let other: Box<Double> = net(1);
    assert_eq!(refused(&saved(&other)), CheckpointError::WrongScalar { expected: 4, found: 8 });
    network! {
        type Forwards = 2 => Dense<3, Tanh> => Dense<2>, loss = SquaredError;
        type Backwards = 2 => Dense<3> => Dense<2, Tanh>, loss = SquaredError;
    }
    assert_ne!(Forwards::FINGERPRINT, Backwards::FINGERPRINT);

    // One network, written with and without a nested tuple.
    type Nested = Network<(Dense<U2, U3, Tanh>, (Dense<U3, U2>,)), SigmoidCrossEntropy>;
    assert_eq!(Nested::FINGERPRINT, Net::FINGERPRINT);
    let mut nested = Nested::ZERO;
    assert_eq!(nested.load(&good()), Ok(()));
}

#[test]
fn recurrent_networks_of_other_steps_or_emission_are_others() {
    type A = Network<Elman<U1, U2, U3>, SquaredError>;
    type B = Network<Elman<U1, U2, U3, Tanh, All>, SquaredError>;
    type C = Network<Elman<U2, U2, U3>, SquaredError>;
    assert_eq!([A::PARAMETERS, B::PARAMETERS], [C::PARAMETERS; 2]);
    assert_ne!(A::FINGERPRINT, B::FINGERPRINT);
    assert_ne!(A::FINGERPRINT, C::FINGERPRINT);
}

#[test]
fn errors_say_what_is_wrong() {
    let text = |bytes: &[u8]| refused(bytes).to_string();
    assert_eq!(text(&good()[..SIZE - 1]), format!("cut short: {} bytes of {SIZE}", SIZE - 1));
    assert_eq!(text(&[good(), vec![0; 3]].concat()), format!("3 bytes too many behind a whole checkpoint of {SIZE}"));
    assert_eq!(text(&with(4, &[2, 0])), "the checkpoint is of a training, not of a network alone");
    assert_eq!(text(b"x"), "not a checkpoint of nanoprop");
    assert_eq!(format!("{:?}", refused(b"x")), "not a checkpoint of nanoprop", "what `main` prints");
    assert_eq!(
        text(&with(8, &[0; 8])),
        "the checkpoint is of a different architecture with the same parameter count (17)"
    );
}
