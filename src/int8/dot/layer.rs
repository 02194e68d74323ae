//! A dense layer in one piece of assembly, as the compiler has too few registers where it gives them out itself: the sums of a
//! [pair](crate::int8::pair), and what they become, one pair after the other.
//!
//! 64-32-10 takes 2,604 instructions on a Cortex-M4, of which 1,776 are products; 5,300 where each weight is widened by itself,
//! and 11,900 by a loop of single products.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::array::{Matrix, Vector};
use crate::int8::Int8Activation;
use crate::int8::activation::Outputs;
use crate::int8::scale::{Channels, Terms};
use crate::width::Width;

/// Inputs that are multiplied at once, and the bytes of the code that does it.
const UNIT: usize = 8;
const UNIT_BYTES: usize = 48;
/// The most of them.
const UNITS: usize = 8;

/// What is done between rounding and storing.
const PLAIN: u8 = 0;
const RECTIFIED: u8 = 1;
const TABLE: u8 = 2;

/// What [`run`] reads, in the order in which it does. Inputs:
#[repr(C)]
struct Call {
    x: *const i8,
    x_end: *const i8,
    weight: *const i8,
    /// Where to start in the code for [`UNITS`] units, in bytes, and 1 for Thumb.
    entry: usize,
    /// Twice the zero point of sums, and 1 for the rounding.
    zero: i32,
    /// Where the output of 0 stands.
    table: *const i8,
    /// From outputs to shifts, in bytes.
    shifts: usize,
    y_end: *const i8,
    y: *mut i8,
    terms: *const Terms,
}

/// Writes the outputs of all pairs where it can, and says whether it has.
///
/// It can where there are a multiple of 8 inputs, at most 64, weights begin at a multiple of four bytes, as the instructions
/// that load several registers demand it, and no factor is ¼ or more.
#[inline(always)]
pub(in crate::int8) fn layer<Out: Width, In: Width, A: Int8Activation>(
    weight: &Matrix<Out, In, i8>,
    x: &Vector<In, i8>,
    channels: &Channels<Out>,
    outputs: &Outputs<A>,
    y: &mut [i8],
) -> bool {
    let count = const { Out::USIZE & !1 };
    let fits = const { In::USIZE.is_multiple_of(UNIT) && In::USIZE <= UNIT * UNITS };
    if !fits || count == 0 || y.len() < count || !weight.as_ptr().addr().is_multiple_of(4) || !channels.small() {
        return false;
    }
    let y = y.as_mut_ptr_range();
    let (x, table) = (x.as_ptr_range(), outputs.table());
    let call = Call {
        x: x.start,
        x_end: x.end,
        weight: weight.as_ptr().cast(),
        entry: const { UNIT_BYTES * (UNITS - In::USIZE / UNIT % (UNITS + 1)) + 1 },
        zero: 2 * i32::from(outputs.ends().0) + 1,
        table: table.as_ptr().wrapping_add(table.len() / 2),
        shifts: channels.shifts().as_ptr().expose_provenance().wrapping_sub(y.start.addr()),
        y_end: y.start.wrapping_add(count),
        y: y.start,
        terms: channels.terms().as_ptr(),
    };
    // SAFETY: pairs, inputs, terms and shifts are there, and room for the outputs and the inputs in 16 bits; weights are
    // aligned, and so terms, as there are a multiple of 8 of weights before them.
    unsafe {
        match (A::FIXED, A::RECTIFIED) {
            (Some(_), _) => run::<TABLE>(&call),
            (None, true) => run::<RECTIFIED>(&call),
            (None, false) => run::<PLAIN>(&call),
        }
    }
    true
}

/// The outputs of all pairs.
///
/// # Safety
///
/// What `call` points to is there, of one pair at least; weights and terms are aligned to four bytes; the shifts are from 0
/// to 31.
#[unsafe(naked)]
unsafe extern "C" fn run<const KIND: u8>(call: *const Call) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        // Inputs from r1 to r2 are widened onto the stack, 0 and 2, 1 and 3, 4 and 6, 5 and 7. r10 is Σ x, r11 is ξ.
        "ldm r0!, {{r1, r2}}",
        "sub r3, r2, r1",
        "sub r3, sp, r3, lsl #1",
        "mov r12, r3",
        "mov sp, r3",
        "mov r9, #0x00010001",
        "mov r10, #0",
        "mov r11, #0",
        "2:",
        "ldr r4, [r1], #4",
        "ldr r7, [r1], #4",
        "sxtb16 r5, r4, ror #8",
        "sxtb16 r4, r4",
        "sxtb16 r6, r7",
        "sxtb16 r7, r7, ror #8",
        "stm r3!, {{r4-r7}}",
        "smlad r11, r4, r5, r11",
        "smlad r11, r6, r7, r11",
        "smlad r10, r4, r9, r10",
        "smlad r10, r5, r9, r10",
        "smlad r10, r6, r9, r10",
        "smlad r10, r7, r9, r10",
        "cmp r1, r2",
        "bne 2b",
        // Below them: where they are, what W and S start from, −128 Σ x − ξ and −128 Σ x; the entry, the rest of the call, and
        // where the stack was.
        "mov r9, r3",
        "mov r1, r12",
        "rsb r3, r10, #0",
        "lsl r3, r3, #7",
        "sub r2, r3, r11",
        "ldm r0, {{r0, r4-r8, r12, lr}}",
        "adr.w r10, 4f",
        "add r4, r10",
        "push {{r1-r9}}",
        // Of each pair: r0 weights, r1 inputs, r2 W, r3 S, r12 outputs, lr terms.
        "3:",
        "ldm sp, {{r1-r4}}",
        "bx r4",
        ".p2align 2",
        "4:",
        ".rept {units}",
        "ldm.w r1!, {{r4-r7}}",
        "ldm.w r0!, {{r8-r11}}",
        "smlad r3, r8, r4, r3",
        "smlad r3, r9, r5, r3",
        "uxtab16 r8, r5, r8",
        "uxtab16 r9, r4, r9",
        "smlad r2, r8, r9, r2",
        "smlad r3, r10, r6, r3",
        "smlad r3, r11, r7, r3",
        "uxtab16 r10, r7, r10",
        "uxtab16 r11, r6, r11",
        "smlad r2, r10, r11, r2",
        ".endr",
        // r4 and r6 biases, r5 and r7 multipliers, r8 for the zero point, r9 the table, r10 shifts, r11 the end.
        "subs r3, r3, r2",
        "ldm lr!, {{r4-r7}}",
        "ldrd r8, r9, [sp, #16]",
        "ldrd r10, r11, [sp, #24]",
        "ldrh r10, [r12, r10]",
        "add r2, r4",
        "add r3, r6, r3, asr #8",
        "smmul r2, r2, r5",
        "smmul r3, r3, r7",
        "asr r2, r2, r10", // by the lower byte
        "lsr r10, r10, #8",
        "asr r3, r3, r10",
        ".if {kind} == {rectified}",
        "bic r2, r2, r2, asr #31",
        "bic r3, r3, r3, asr #31",
        ".endif",
        "add r2, r8",
        "add r3, r8",
        "ssat r2, #8, r2, asr #1",
        "ssat r3, #8, r3, asr #1",
        ".if {kind} == {table}",
        "ldrsb r2, [r9, r2]",
        "ldrsb r3, [r9, r3]",
        ".endif",
        "strb r2, [r12], #1",
        "strb r3, [r12], #1",
        "cmp r12, r11",
        "bne 3b",
        "ldr r1, [sp, #32]",
        "mov sp, r1",
        "pop {{r4-r11, pc}}",
        units = const UNITS,
        kind = const KIND,
        rectified = const RECTIFIED,
        table = const TABLE,
    )
}
