//! What the exported functions do with a network, in a context or in flash.
//!
//! # Safety
//!
//! Of all functions here: a pointer that is neither null nor misaligned points to as many numbers or bytes as the header says,
//! and what is written to is not part of the network.

use core::ffi::c_int;

use nanoprop::array::ArrayLike;
use nanoprop::{InputOf, Layers, Loss, Network, NoPenalty, OutputOf, Outputs, Plain, metrics, self_test};

use crate::{Claim, Error, pointer};

/// The kind of number that layers `L` read.
pub type InputNumber<L> = <InputOf<<L as Layers>::Chain> as Plain>::Scalar;

/// A prediction into `y`.
///
/// # Safety
///
/// That of the module. `y` may be `x`.
///
/// # Errors
///
/// `Null`, `Misaligned`.
pub unsafe fn predict<L: Layers, E: Loss>(
    net: &Network<L, E>,
    x: *const InputNumber<L>,
    y: *mut L::Scalar,
) -> Result<c_int, Error> {
    let y = pointer::place(y.cast::<OutputOf<Network<L, E>>>())?;
    // SAFETY: the caller's: `x` and `y` are as many numbers as the arrays have. `x` is no longer read when `y` is written.
    unsafe { y.write(net.predict(pointer::read::<InputOf<Network<L, E>>>(x.cast())?.view())) };
    Ok(0)
}

/// The predicted class, from 0.
///
/// # Safety
///
/// That of the module.
///
/// # Errors
///
/// `Null`, `Misaligned`, `NoClasses`.
pub unsafe fn classify<L: Layers, E: Loss>(net: &Network<L, E>, x: *const InputNumber<L>) -> Result<c_int, Error> {
    if matches!(E::OUTPUTS, Outputs::Numbers) {
        return Err(Error::NoClasses);
    }
    // SAFETY: the caller's: `x` is as many numbers as the array has.
    let x = unsafe { pointer::read::<InputOf<Network<L, E>>>(x.cast())? };
    // Not `classify`, which does not compile for numbers.
    let class = metrics::class(net.logits(x.view()).flat(), L::Scalar::ZERO);
    c_int::try_from(class).map_err(|_| Error::NoClasses)
}

/// The mean cost of `count` samples into `cost`: 0 of none.
///
/// # Safety
///
/// That of the module, with `count` times as many numbers behind `x` and `y`.
///
/// # Errors
///
/// `Null`, `Misaligned`, `TooMany`.
pub unsafe fn cost<L: Layers, E: Loss>(
    net: &Network<L, E>,
    x: *const InputNumber<L>,
    y: *const L::Scalar,
    count: usize,
    cost: *mut L::Scalar,
) -> Result<c_int, Error> {
    let cost = pointer::place(cost)?;
    // SAFETY: the caller's: `x` and `y` are as many numbers as so many arrays have, and no longer read when `cost` is written.
    unsafe {
        let x = pointer::row::<InputOf<Network<L, E>>>(x.cast(), count)?;
        let y = pointer::row::<OutputOf<Network<L, E>>>(y.cast(), count)?;
        cost.write(net.cost(&(x, y), NoPenalty));
    }
    Ok(0)
}

/// Writes a checkpoint.
///
/// # Safety
///
/// That of the module.
///
/// # Errors
///
/// `Null`, and those of a checkpoint.
pub unsafe fn save<L: Layers, E: Loss>(net: &Network<L, E>, bytes: *mut u8, size: usize) -> Result<c_int, Error> {
    // SAFETY: the caller's.
    net.save(unsafe { pointer::bytes(bytes, size)? })?;
    Ok(0)
}

/// The digest of the weights.
///
/// # Safety
///
/// That of the module.
///
/// # Errors
///
/// `Null`, `Misaligned`.
pub unsafe fn digest<L: Layers, E: Loss>(net: &Network<L, E>, digest: *mut u64) -> Result<c_int, Error> {
    let digest = pointer::place(digest)?;
    // SAFETY: the caller's.
    unsafe { digest.write(net.digest()) };
    Ok(0)
}

/// Tests the machine, and that weights in flash have the digest that the compiler computed.
///
/// # Errors
///
/// `WrongHeader`, and those of a self-test.
pub fn check<L: Layers, E: Loss>(net: &Network<L, E>, digest: u64, claim: Claim) -> Result<c_int, Error> {
    if claim.fingerprint != Network::<L, E>::FINGERPRINT {
        return Err(Error::WrongHeader);
    }
    self_test()?;
    net.check_weights(digest)?;
    Ok(0)
}
