//! The exported functions, called as C calls them: by their names, with pointers.

use core::ffi::{CStr, c_char, c_int};
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};

use nanoprop::prelude::*;
use nanoprop_c::{Context, Error};

#[allow(missing_docs)]
mod networks {
    use super::*;
    network! {
        pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
        pub type Motion = [32, 3] => Conv1d<8, 5, Relu> => Gru<8> => Dense<4>, loss = SoftmaxCrossEntropy;
        pub type Line = 2 => Dense<1>, loss = SquaredError, scalar = f64;
        pub type Yes = 2 => Dropout(20%) => Dense<3, Tanh> => Dense<1>, loss = SigmoidCrossEntropy;
    }
}
use networks::*;

static WEIGHTS: Yes = Yes::ZERO;

fn ones(net: &mut Line, seed: u64) {
    net.parameters_mut().fill(seed as f64);
}

nanoprop_c::c_api!(Digits as digits);
nanoprop_c::c_api!(Motion as motion);
nanoprop_c::c_api!(Line as line, initialize = ones);
nanoprop_c::c_api!(Yes as yes);
nanoprop_c::c_api!(Yes as fixed, weights = WEIGHTS);

// c_functions!(digits: Digits, f32) declares what the header of `digits` does.
macro_rules! c_functions {
    ($module:ident: $net:ty, $number:ty; $($name:ident = $symbol:literal ($($type:ty),*);)+) => {
        mod $module {
            use super::*;
            #[allow(dead_code)]
            type Net = $net;
            type N = $number;
            // Contexts are opaque to C.
            #[allow(improper_ctypes)]
            unsafe extern "C" {
                $(#[link_name = $symbol] pub fn $name($(_: $type),*) -> c_int;)+
            }
        }
    };
}
type At<N> = *const Context<N>;
type To<N> = *mut Context<N>;

c_functions! { c_digits: Digits, f32;
    init = "digits_init_sized" (To<Net>, usize, u64, u64);
    predict = "digits_predict" (At<Net>, *const N, *mut N);
    classify = "digits_classify" (At<Net>, *const N);
    cost = "digits_cost" (At<Net>, *const N, *const N, usize, *mut N);
    learn = "digits_learn" (To<Net>, *const N, *const N, N);
    learn_class = "digits_learn_class" (To<Net>, *const N, usize, N);
    save = "digits_save" (At<Net>, *mut u8, usize);
    load = "digits_load_sized" (To<Net>, usize, u64, *const u8, usize);
    digest = "digits_digest" (At<Net>, *mut u64);
    self_test = "digits_self_test_sized" (To<Net>, usize, u64);
}
c_functions! { c_motion: Motion, f32;
    init = "motion_init_sized" (To<Net>, usize, u64, u64);
    predict = "motion_predict" (At<Net>, *const N, *mut N);
    learn_class = "motion_learn_class" (To<Net>, *const N, usize, N);
    digest = "motion_digest" (At<Net>, *mut u64);
    self_test = "motion_self_test_sized" (To<Net>, usize, u64);
}
c_functions! { c_line: Line, f64;
    init = "line_init_sized" (To<Net>, usize, u64, u64);
    predict = "line_predict" (At<Net>, *const N, *mut N);
    classify = "line_classify" (At<Net>, *const N);
    learn_class = "line_learn_class" (To<Net>, *const N, usize, N);
}
c_functions! { c_yes: Yes, f32;
    init = "yes_init_sized" (To<Net>, usize, u64, u64);
    learn_class = "yes_learn_class" (To<Net>, *const N, usize, N);
    classify = "yes_classify" (At<Net>, *const N);
    digest = "yes_digest" (At<Net>, *mut u64);
    self_test = "yes_self_test_sized" (To<Net>, usize, u64);
}
c_functions! { c_fixed: Yes, f32;
    predict = "fixed_predict" (*const N, *mut N);
    classify = "fixed_classify" (*const N);
    digest = "fixed_digest" (*mut u64);
    self_test = "fixed_self_test_sized" (usize, u64);
}
unsafe extern "C" {
    fn nanoprop_error(code: c_int) -> *const c_char;
}

/// A context of bytes that were never a network.
fn room<N: Layer>() -> Box<Context<N>> {
    let mut room = Box::<Context<N>>::new_uninit();
    // SAFETY: so many bytes; the functions under test have to take memory of any content.
    unsafe {
        room.as_mut_ptr().write_bytes(0xA5, 1);
        room.assume_init()
    }
}

fn size<N: Layer>() -> usize {
    size_of::<Context<N>>()
}

const OK: c_int = 0;
const SEED: u64 = 7;

#[test]
fn a_training_has_the_bits_of_rust() {
    let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(SEED));
    let x: [f32; 64] = core::array::from_fn(|i| i as f32 / 64.0);
    let y: [f32; 10] = core::array::from_fn(|k| if k == 3 { 1.0 } else { 0.0 });
    let mut context = room::<Digits>();
    let c = &raw mut *context;
    // SAFETY: the pointers are to what the functions say.
    unsafe {
        assert_eq!(c_digits::init(c, size::<Digits>(), Digits::FINGERPRINT, SEED), OK);
        for _ in 0..5 {
            net.descend(&x, &y, 0.25, &mut tape);
            assert_eq!(c_digits::learn(c, x.as_ptr(), y.as_ptr(), 0.25), OK);
            net.descend(&x, &Class::<U10>::new(9).unwrap(), 0.25, &mut tape);
            assert_eq!(c_digits::learn_class(c, x.as_ptr(), 9, 0.25), OK);
        }
        let (mut digest, mut h, mut cost) = (0, [0.0; 10], 0.0);
        assert_eq!(c_digits::digest(c, &raw mut digest), OK);
        assert_eq!(digest, net.digest());
        assert_eq!(c_digits::predict(c, x.as_ptr(), h.as_mut_ptr()), OK);
        assert_eq!(h, *net.predict(&x));
        assert_eq!(c_digits::classify(c, x.as_ptr()), net.classify(&x) as c_int);

        let (xs, ys) = ([x, [0.5; 64]], [y, [0.0; 10]]);
        assert_eq!(c_digits::cost(c, xs.as_flattened().as_ptr(), ys.as_flattened().as_ptr(), 2, &raw mut cost), OK);
        assert_eq!(cost, net.cost(&[(xs[0], ys[0]), (xs[1], ys[1])], NoPenalty));
        assert_eq!(c_digits::cost(c, null(), null(), 0, &raw mut cost), OK);
        assert_eq!(cost, 0.0);

        let (mut file, mut other) = ([0; Digits::CHECKPOINT], room::<Digits>());
        assert_eq!(c_digits::save(c, file.as_mut_ptr(), file.len()), OK);
        let mut expected = [0; Digits::CHECKPOINT];
        net.save(&mut expected).unwrap();
        assert_eq!(file, expected);
        let o = &raw mut *other;
        assert_eq!(c_digits::load(o, size::<Digits>(), Digits::FINGERPRINT, file.as_ptr(), file.len()), OK);
        assert_eq!(c_digits::digest(o, &raw mut digest), OK);
        assert_eq!(digest, net.digest());
    }
}

#[test]
fn pointers_and_contexts_that_are_none_are_refused() {
    let (x, y) = ([0.0_f32; 65], [0.0_f32; 10]);
    let (mut h, mut digest) = ([0.0_f32; 11], 0_u64);
    let odd = x.as_ptr().wrapping_byte_add(1);
    let mut context = room::<Digits>();
    let c = &raw mut *context;
    // SAFETY: as below.
    let fresh = |c| unsafe { c_digits::init(c, size::<Digits>(), Digits::FINGERPRINT, 1) };
    use Error::*;
    // SAFETY: the pointers are to what the functions say, or what they must refuse.
    unsafe {
        // Before.
        refused(c_digits::predict(c, x.as_ptr(), h.as_mut_ptr()), Uninitialized);
        refused(c_digits::learn(c, x.as_ptr(), y.as_ptr(), 0.5), Uninitialized);
        refused(c_digits::learn_class(c, x.as_ptr(), 1, 0.5), Uninitialized);
        refused(c_digits::save(c, null_mut(), 0), Uninitialized);
        refused(c_digits::digest(c, &raw mut digest), Uninitialized);
        // A header of a smaller context, or of another network.
        refused(c_digits::init(c, size::<Digits>() - 1, Digits::FINGERPRINT, 1), WrongHeader);
        refused(c_digits::init(c, size::<Digits>(), Digits::FINGERPRINT ^ 1, 1), WrongHeader);
        refused(c_digits::load(c, size::<Digits>() - 1, Digits::FINGERPRINT, null(), 0), WrongHeader);
        refused(c_digits::self_test(c, 8, Digits::FINGERPRINT), WrongHeader);
        assert!(bytes(c).iter().all(|&byte| byte == 0xA5), "a refused context was written to");
        refused(fresh(null_mut()), Null);
        refused(fresh(c.wrapping_byte_add(2)), Misaligned);
        assert_eq!(fresh(c), OK);

        for (pointer, error) in [(null(), Null), (odd, Misaligned)] {
            let to = pointer.cast_mut();
            refused(c_digits::predict(c, pointer, h.as_mut_ptr()), error);
            refused(c_digits::predict(c, x.as_ptr(), to), error);
            refused(c_digits::predict(pointer.cast(), x.as_ptr(), h.as_mut_ptr()), error);
            refused(c_digits::classify(c, pointer), error);
            refused(c_digits::learn(c, pointer, y.as_ptr(), 0.5), error);
            refused(c_digits::learn(c, x.as_ptr(), pointer, 0.5), error);
            refused(c_digits::learn(to.cast(), x.as_ptr(), y.as_ptr(), 0.5), error);
            refused(c_digits::learn_class(c, pointer, 1, 0.5), error);
            refused(c_digits::cost(c, pointer, y.as_ptr(), 1, h.as_mut_ptr()), error);
            refused(c_digits::cost(c, x.as_ptr(), pointer, 1, h.as_mut_ptr()), error);
            refused(c_digits::cost(c, x.as_ptr(), y.as_ptr(), 1, to), error);
            refused(c_digits::digest(c, to.cast()), error);
            refused(c_digits::self_test(to.cast(), size::<Digits>(), Digits::FINGERPRINT), error);
        }
        refused(c_digits::cost(c, x.as_ptr(), y.as_ptr(), usize::MAX / 16, h.as_mut_ptr()), TooMany);
        refused(c_digits::learn_class(c, x.as_ptr(), 10, 0.5), NoSuchClass);
        refused(c_digits::learn_class(c, x.as_ptr(), usize::MAX, 0.5), NoSuchClass);
        for rate in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            refused(c_digits::learn(c, x.as_ptr(), y.as_ptr(), rate), WrongRate);
        }
        // None of it changed the network.
        assert_eq!(c_digits::digest(c, &raw mut digest), OK);
    }
    let mut net = Digits::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    assert_eq!(digest, net.digest());
}

#[test]
fn files_that_are_none_are_refused() {
    let mut context = room::<Digits>();
    let (c, mut digest) = (&raw mut *context, 0);
    let mut file = vec![0_u8; Digits::CHECKPOINT + 1];
    let load =
        // SAFETY: as below.
        |bytes: &[u8]| unsafe { c_digits::load(c, size::<Digits>(), Digits::FINGERPRINT, bytes.as_ptr(), bytes.len()) };
    use Error::*;
    // SAFETY: the pointers are to what the functions say.
    unsafe {
        refused(load(&file), NotACheckpoint);
        refused(c_digits::digest(c, &raw mut digest), Uninitialized);
        assert_eq!(c_digits::init(c, size::<Digits>(), Digits::FINGERPRINT, 3), OK);
        refused(c_digits::save(c, file.as_mut_ptr(), Digits::CHECKPOINT - 1), BufferTooSmall);
        refused(c_digits::save(c, null_mut(), Digits::CHECKPOINT), Null);
        refused(c_digits::save(c, file.as_mut_ptr(), usize::MAX), TooMany);
        assert!(file.iter().all(|&byte| byte == 0));
        assert_eq!(c_digits::save(c, file.as_mut_ptr(), file.len()), OK);

        let whole = &file[..Digits::CHECKPOINT];
        refused(load(&whole[..whole.len() - 1]), Truncated);
        refused(load(&[]), Truncated);
        refused(load(&file), TrailingBytes);
        refused(c_digits::load(c, size::<Digits>(), Digits::FINGERPRINT, null(), 100), Null);
        let mut changed = whole.to_vec();
        changed[1000] ^= 4;
        refused(load(&changed), Corrupted);
        let mut other = vec![0; Motion::CHECKPOINT];
        Motion::ZERO.save(&mut other).unwrap();
        refused(load(&other), WrongArchitecture);
        let mut double = vec![0; Line::CHECKPOINT];
        Line::ZERO.save(&mut double).unwrap();
        refused(load(&double), WrongScalar);
        assert_eq!(c_digits::digest(c, &raw mut digest), OK);

        // Weights that are not numbers are not saved.
        for _ in 0..3 {
            assert_eq!(c_digits::learn_class(c, [f32::MAX; 64].as_ptr(), 1, f32::MAX), OK);
        }
        refused(c_digits::save(c, file.as_mut_ptr(), file.len()), NotFinite);
    }
    let mut net = Digits::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(3));
    assert_eq!(digest, net.digest());
}

#[test]
fn a_self_test_passes_and_leaves_no_network() {
    let (mut digits, mut motion, mut digest) = (room::<Digits>(), room::<Motion>(), 0);
    // SAFETY: the pointers are to what the functions say.
    unsafe {
        assert_eq!(c_digits::self_test(&raw mut *digits, size::<Digits>(), Digits::FINGERPRINT), OK);
        refused(c_digits::digest(&raw const *digits, &raw mut digest), Error::Uninitialized);
        assert_eq!(c_motion::self_test(&raw mut *motion, size::<Motion>(), Motion::FINGERPRINT), OK);
        let mut yes = room::<Yes>();
        assert_eq!(c_yes::self_test(&raw mut *yes, size::<Yes>(), Yes::FINGERPRINT), OK);
        assert_eq!(c_fixed::self_test(0, Yes::FINGERPRINT), OK);
        refused(c_fixed::self_test(0, Digits::FINGERPRINT), Error::WrongHeader);
    }
}

#[test]
fn matrices_are_flat() {
    let (mut net, mut tape) = (Motion::ZERO, Motion::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(SEED));
    let flat: [f32; 96] = core::array::from_fn(|i| (i * 37 % 64) as f32 / 32.0 - 1.0);
    let x: [[f32; 3]; 32] = core::array::from_fn(|row| core::array::from_fn(|column| flat[3 * row + column]));
    let (mut context, mut digest, mut h) = (room::<Motion>(), 0, [0.0; 4]);
    let c = &raw mut *context;
    net.descend(&x, &Class::<U4>::new(2).unwrap(), 0.5, &mut tape);
    // SAFETY: the pointers are to what the functions say.
    unsafe {
        assert_eq!(c_motion::init(c, size::<Motion>(), Motion::FINGERPRINT, SEED), OK);
        assert_eq!(c_motion::learn_class(c, flat.as_ptr(), 2, 0.5), OK);
        assert_eq!(c_motion::digest(c, &raw mut digest), OK);
        assert_eq!(c_motion::predict(c, flat.as_ptr(), h.as_mut_ptr()), OK);
    }
    assert_eq!((digest, h), (net.digest(), *net.predict(&x).as_slice().first_chunk().unwrap()));
}

#[test]
fn numbers_have_no_classes_and_a_start_of_ones_own() {
    let mut context = MaybeUninit::<Context<Line>>::uninit();
    let (c, x) = (context.as_mut_ptr(), [10.0, 100.0]);
    let mut y = [0.0; 2];
    // SAFETY: the pointers are to what the functions say.
    unsafe {
        c.write_bytes(1, 1);
        assert_eq!(c_line::init(c, size::<Line>(), Line::FINGERPRINT, 2), OK);
        assert_eq!(c_line::predict(c, x.as_ptr(), y.as_mut_ptr()), OK);
        assert_eq!(y, [222.0, 0.0]);
        refused(c_line::classify(c, x.as_ptr()), Error::NoClasses);
        refused(c_line::learn_class(c, x.as_ptr(), 0, 0.1), Error::NoClasses);
        // In place.
        y = x;
        assert_eq!(c_line::predict(c, y.as_ptr(), y.as_mut_ptr()), OK);
        assert_eq!(y, [222.0, 100.0]);
    }
}

#[test]
fn one_output_has_two_classes_and_dropout_the_seeds_masks() {
    let (mut net, mut tape) = (Yes::ZERO, Yes::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(SEED));
    tape.seek(SEED, 0);
    let (mut context, mut digest) = (room::<Yes>(), 0);
    let (c, x) = (&raw mut *context, [0.5_f32, -1.0]);
    // SAFETY: the pointers are to what the functions say.
    unsafe {
        assert_eq!(c_yes::init(c, size::<Yes>(), Yes::FINGERPRINT, SEED), OK);
        for step in 0..200 {
            assert_eq!(c_yes::learn_class(c, x.as_ptr(), usize::from(step < 100), 0.5), OK);
            net.descend(&x, &[if step < 100 { 1.0 } else { 0.0 }], 0.5, &mut tape);
            if step % 100 == 99 {
                assert_eq!(c_yes::classify(c, x.as_ptr()), c_int::from(step == 99));
            }
        }
        refused(c_yes::learn_class(c, x.as_ptr(), 2, 0.5), Error::NoSuchClass);
        assert_eq!(c_yes::digest(c, &raw mut digest), OK);
    }
    assert_eq!(digest, net.digest());
}

#[test]
fn weights_in_flash_need_no_context() {
    let (x, mut y, mut digest) = ([0.5_f32, -1.0], [9.0], 0);
    // SAFETY: the pointers are to what the functions say.
    unsafe {
        assert_eq!(c_fixed::predict(x.as_ptr(), y.as_mut_ptr()), OK);
        assert_eq!(c_fixed::classify(x.as_ptr()), 0);
        assert_eq!(c_fixed::digest(&raw mut digest), OK);
        refused(c_fixed::predict(null(), y.as_mut_ptr()), Error::Null);
        refused(c_fixed::digest(null_mut()), Error::Null);
    }
    assert_eq!((y[0], digest), (0.5, Yes::ZERO.digest()));
}

#[test]
fn codes_have_texts() {
    // SAFETY: the function gives a constant text.
    let text = |code| unsafe { CStr::from_ptr(nanoprop_error(code)) }.to_str().unwrap();
    assert_eq!([text(0), text(9), text(-1)], ["success", "success", "a pointer is null"]);
    assert_eq!([text(-1000), text(c_int::MIN)], ["unknown error"; 2]);
    let codes: Vec<_> = Error::ALL.iter().map(|&error| error as c_int).collect();
    assert!(codes.is_sorted_by(|a, b| a > b) && codes.iter().all(|&code| code < 0), "{codes:?}");
    assert_eq!(text(Error::WrongArchitecture as c_int), "the checkpoint is of a different network");
}

fn refused(code: c_int, error: Error) {
    // SAFETY: the function gives a constant text.
    assert_eq!(code, error as c_int, "{:?}", unsafe { CStr::from_ptr(nanoprop_error(code)) });
}

/// The memory of a context.
///
/// # Safety
///
/// All of it was written.
unsafe fn bytes<'a>(context: *const Context<Digits>) -> &'a [u8] {
    // SAFETY: the caller's.
    unsafe { core::slice::from_raw_parts(context.cast(), size::<Digits>()) }
}
