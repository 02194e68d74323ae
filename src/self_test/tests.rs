//! Faults, planted: the check finds each, and says which.
#![allow(unsafe_code)]

use super::*;

#[test]
fn a_sound_machine_passes() {
    assert_eq!(Machine::SOUND.check(), Ok(()));
    assert_eq!(self_test(), Ok(()));
}

#[test]
fn wrong_operations_are_found() {
    let sound = Machine::SOUND;
    let fused = Machine { multiply_add: |a, b, c| a.mul_add(b, c), ..sound };
    assert_eq!(fused.check(), Err(SelfTestError::Contraction));
    let cancelled = Machine { difference: |_, b| b, ..sound };
    assert_eq!(cancelled.check(), Err(SelfTestError::Reordered));
    let reciprocal = Machine { divide: |a, b| a * (1.0 / b), ..sound };
    assert!(matches!(reciprocal.check(), Err(SelfTestError::Reordered | SelfTestError::Rounding)));
    let flushed = Machine { multiply: |a, b| if (a * b).is_subnormal() { 0.0 } else { a * b }, ..sound };
    assert_eq!(flushed.check(), Err(SelfTestError::Subnormals));
    // A unit whose lowest bit is stuck.
    let stuck = Machine { add: |a, b| f32::from_bits((a + b).to_bits() | 1), ..sound };
    assert_eq!(stuck.check(), Err(SelfTestError::Rounding));
    let unsigned = Machine { multiply: |a, b| a * b + 0.0, ..sound };
    assert_eq!(unsigned.check(), Err(SelfTestError::Reordered));
}

/// The processor itself, in modes that nanoprop does not promise anything for.
#[cfg(target_arch = "x86_64")]
#[test]
fn modes_of_the_processor_are_found() {
    use core::arch::asm;
    let in_mode = |bits: u32| {
        let mut usual = 0_u32;
        // SAFETY: no bit unmasks an exception, and the mode is as it was when the block ends; what the operations
        // between make of it is what the test asks.
        unsafe {
            asm!("stmxcsr [{}]", in(reg) &raw mut usual);
            let mode = usual | bits;
            asm!("ldmxcsr [{}]", in(reg) &raw const mode);
            let found = black_box(self_test as fn() -> _)();
            asm!("ldmxcsr [{}]", in(reg) &raw const usual);
            found
        }
    };
    assert_eq!(in_mode(0), Ok(()));
    assert_eq!(in_mode(0x8000), Err(SelfTestError::Subnormals), "results flushed to zero");
    assert_eq!(in_mode(0x0040), Err(SelfTestError::Subnormals), "inputs taken for zero");
    assert_eq!(in_mode(0x2000), Err(SelfTestError::Rounding), "down");
    assert_eq!(in_mode(0x4000), Err(SelfTestError::Rounding), "up");
    assert_eq!(in_mode(0x6000), Err(SelfTestError::Rounding), "to zero");
}

#[test]
fn other_bits_are_found() {
    assert_eq!(functions(|x| f32::from_bits(tanh(x).to_bits() ^ (x == 1.9) as u32)), Err(SelfTestError::Functions));
    assert_eq!(training(START + 1), Err(SelfTestError::Training));
}
