//! A network that learns, in memory of the caller.

use core::ffi::c_int;

use nanoprop::array::ArrayLike;
use nanoprop::{
    InputOf, Layer, Layers, Loss, Network, Number, OutputOf, Outputs, Pcg32, Plain, Scalar, Tape, TapeOf, Xavier,
    self_test,
};

use crate::network::InputNumber;
use crate::{Error, pointer};

/// A network, its tape, and a tag that says that both are there: `digits_context` in C.
///
/// # Memory
///
/// Weights, tape, and 4 bytes for the tag, rounded up to the alignment.
#[repr(C)]
pub struct Context<N: Layer> {
    net: N,
    tape: TapeOf<N>,
    tag: u32,
}

/// What a caller's header says of a context, compared before anything is written to it.
#[derive(Clone, Copy)]
pub struct Claim {
    /// Bytes of the context.
    pub size: usize,
    /// The network's fingerprint.
    pub fingerprint: u64,
}

/// Fills a network with random weights, as [`c_api!`](crate::c_api) does where it is told no other start: [`Xavier`] by a
/// [`Pcg32`] of this seed.
pub fn xavier<L: Layers, E: Loss>(net: &mut Network<L, E>, seed: u64) {
    net.initialize(&Xavier, &mut Pcg32::new(seed));
}

/// What the exported functions do with a context. A context's address is the caller's: it may be null, misaligned, or that of
/// memory that holds no network yet, and each of these is an error.
///
/// # Safety
///
/// Of all functions here: a pointer that is neither null nor misaligned points to as many bytes as the header says, in memory
/// that no other thread writes meanwhile; and those that are written to are not among those that are read, but for `y` of
/// `predict`, which may be `x`.
impl<L: Layers, E: Loss> Context<Network<L, E>> {
    /// The tag of this network's contexts.
    const TAG: u32 = (Network::<L, E>::FINGERPRINT ^ (Network::<L, E>::FINGERPRINT >> 32)) as u32 | 1;

    /// The network in a context.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    ///
    /// # Errors
    ///
    /// `Null`, `Misaligned`, `Uninitialized`.
    pub unsafe fn net<'a>(context: *const Self) -> Result<&'a Network<L, E>, Error> {
        let context = pointer::place(context.cast_mut())?;
        // SAFETY: it points to as many bytes as a context has. What they were written by is the caller's, so they are looked
        // at as they are in memory; any bits are a tag.
        if unsafe { (&raw const (*context).tag).read_volatile() } != Self::TAG {
            return Err(Error::Uninitialized);
        }
        // SAFETY: the tag was written when all else was.
        Ok(unsafe { &(*context).net })
    }

    /// The network in a context, and its tape.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    unsafe fn open<'a>(context: *mut Self) -> Result<&'a mut Self, Error> {
        // SAFETY: the caller's.
        unsafe {
            Self::net(context)?;
            pointer::write(context)
        }
    }

    /// Refuses a header of another network, or one that leaves too little room for a context.
    fn fits(claim: Claim) -> Result<(), Error> {
        let fits = claim.size >= size_of::<Self>() && claim.fingerprint == Network::<L, E>::FINGERPRINT;
        if fits { Ok(()) } else { Err(Error::WrongHeader) }
    }

    /// Writes a network of zeroes and a blank tape, where there is room for them; untagged.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    unsafe fn blank<'a>(context: *mut Self, claim: Claim) -> Result<&'a mut Self, Error> {
        let context = pointer::place(context)?;
        Self::fits(claim)?;
        // SAFETY: it points to so many bytes. Zero bytes are a network, since one is `Plain`, and a tag; the tape is written.
        unsafe {
            context.write_bytes(0, 1);
            (&raw mut (*context).tape).write(TapeOf::<Network<L, E>>::BLANK);
            Ok(&mut *context)
        }
    }

    /// Makes a network whose weights `start` sets.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    ///
    /// # Errors
    ///
    /// `Null`, `Misaligned`, `WrongHeader`.
    pub unsafe fn init(
        context: *mut Self,
        claim: Claim,
        seed: u64,
        start: impl FnOnce(&mut Network<L, E>, u64),
    ) -> Result<c_int, Error> {
        // SAFETY: the caller's.
        let context = unsafe { Self::blank(context, claim)? };
        start(&mut context.net, seed);
        context.tape.seek(seed, 0);
        context.tag = Self::TAG;
        Ok(0)
    }

    /// One online step of one sample.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    ///
    /// # Errors
    ///
    /// `Null`, `Misaligned`, `Uninitialized`, `WrongRate`.
    pub unsafe fn learn(
        context: *mut Self,
        x: *const InputNumber<L>,
        y: *const L::Scalar,
        rate: L::Scalar,
    ) -> Result<c_int, Error> {
        // SAFETY: the caller's: `x` and `y` are as many numbers as the arrays have.
        let (context, x, y) = unsafe {
            (Self::open(context)?, pointer::read(x.cast())?, pointer::read::<OutputOf<Network<L, E>>>(y.cast())?)
        };
        context.step(x, y, rate)
    }

    /// One online step of one sample whose target is a class.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    ///
    /// # Errors
    ///
    /// `Null`, `Misaligned`, `Uninitialized`, `NoClasses`, `NoSuchClass`, `WrongRate`.
    pub unsafe fn learn_class(
        context: *mut Self,
        x: *const InputNumber<L>,
        class: usize,
        rate: L::Scalar,
    ) -> Result<c_int, Error> {
        // SAFETY: the caller's: `x` is as many numbers as the array has.
        let (context, x) = unsafe { (Self::open(context)?, pointer::read(x.cast())?) };
        let mut y = OutputOf::<Network<L, E>>::ZERO;
        match (E::OUTPUTS, y.flat_mut()) {
            (Outputs::Numbers, _) => return Err(Error::NoClasses),
            // One output says which of two classes it is.
            (Outputs::Labels, [y]) if class < 2 => *y = if class == 1 { L::Scalar::ONE } else { L::Scalar::ZERO },
            (Outputs::Labels, [_]) => return Err(Error::NoSuchClass),
            (_, y) => *y.get_mut(class).ok_or(Error::NoSuchClass)? = L::Scalar::ONE,
        }
        context.step(x, &y, rate)
    }

    fn step(
        &mut self,
        x: &InputOf<Network<L, E>>,
        y: &OutputOf<Network<L, E>>,
        rate: L::Scalar,
    ) -> Result<c_int, Error> {
        if !rate.to_f64().is_finite() {
            return Err(Error::WrongRate);
        }
        self.net.descend(x.view(), y.view(), rate, &mut self.tape);
        Ok(0)
    }

    /// Reads a checkpoint; the context may be blank before.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    ///
    /// # Errors
    ///
    /// `Null`, `Misaligned`, `WrongHeader`, and those of a checkpoint. A context that was initialized is then as it was.
    pub unsafe fn load(context: *mut Self, claim: Claim, bytes: *const u8, size: usize) -> Result<c_int, Error> {
        Self::fits(claim)?;
        // SAFETY: the caller's.
        unsafe {
            let bytes = pointer::row(bytes, size)?;
            let context = match Self::open(context) {
                Err(Error::Uninitialized) => Self::blank(context, claim)?,
                context => context?,
            };
            context.net.load(bytes)?;
            context.tag = Self::TAG;
        }
        Ok(0)
    }

    /// Tests the machine, and the network's derivatives in the memory of a context, which holds no network then.
    ///
    /// # Safety
    ///
    /// That of all functions here.
    ///
    /// # Errors
    ///
    /// `Null`, `Misaligned`, `WrongHeader`, and those of a self-test.
    pub unsafe fn self_test(context: *mut Self, claim: Claim) -> Result<c_int, Error> {
        // SAFETY: the caller's.
        let context = unsafe { Self::blank(context, claim)? };
        self_test()?;
        context.net.check_step(&mut context.tape)?;
        Ok(0)
    }
}
