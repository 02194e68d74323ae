//! The inner loops for an ARM with an FPU, such as a Cortex-M4F: one instruction loads eight weights, which the compiler,
//! that gives registers out in another order, never writes.
//!
//! `vmla` rounds the product and then the sum, as `*` and `+` do. Numbers come and go by memory and by integer registers,
//! for those of the FPU are no operands on stable Rust; what a width decides, the assembler decides.

use core::arch::asm;

use super::lanes::Lanes;
use super::portable;
use crate::kernel::gemv::partials;
use crate::width::Width;

// each!("vmla.f32", "s24"; "s0" "s16", "s1" "s17") is `vmla.f32 s0, s24, s16` and so on.
macro_rules! each {
    ($operation:literal, $x:literal; $($to:literal $w:literal),*) => {
        concat!($($operation, " ", $to, ", ", $x, ", ", $w, "\n"),*)
    };
}

// lanes!("vadd.f32"; "s0" "s8", "s1" "s9") is `vadd.f32 s0, s0, s8` and so on.
macro_rules! lanes {
    ($operation:literal; $($to:literal $from:literal),*) => {
        concat!($($operation, " ", $to, ", ", $to, ", ", $from, "\n"),*)
    };
}

// Reads a row's weights, goes on to the next row, and adds them, times x, to the low or the high eight sums.
macro_rules! low8 {
    ($x:literal) => {
        concat!(
            "vldmia {w}, {{s16-s23}}\nadd {w}, {w}, {stride}\n",
            each!("vmla.f32", $x; "s0" "s16", "s1" "s17", "s2" "s18", "s3" "s19", "s4" "s20", "s5" "s21", "s6" "s22", "s7" "s23")
        )
    };
}
macro_rules! high8 {
    ($x:literal) => {
        concat!(
            "vldmia {w}, {{s16-s23}}\nadd {w}, {w}, {stride}\n",
            each!("vmla.f32", $x; "s8" "s16", "s9" "s17", "s10" "s18", "s11" "s19", "s12" "s20", "s13" "s21", "s14" "s22", "s15" "s23")
        )
    };
}

// The same for four.
macro_rules! row4 {
    ($x:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "vldmia {w}, {{s16-s19}}\nadd {w}, {w}, {stride}\n",
            each!("vmla.f32", $x; $a "s16", $b "s17", $c "s18", $d "s19")
        )
    };
}

// A tile: what it starts with; four rows, again and again; up to three that are left; what joins and stores.
macro_rules! tile {
    (<$In:ident, $Out:ident>($w:ident, $x:ident, $z:ident, $a:ident);
        $start:expr; $row0:expr, $row1:expr, $row2:expr, $row3:expr; $end:expr) => {
        asm!(
            $start,
            ".if {rows} > 3",
            "2:",
            "vldmia {x}!, {{s24-s27}}",
            $row0,
            $row1,
            $row2,
            $row3,
            "subs {n}, {n}, #4",
            "bne 2b",
            ".endif",
            ".if {rows} % 4 > 0",
            "vldmia {x}!, {{s24}}",
            $row0,
            ".endif",
            ".if {rows} % 4 > 1",
            "vldmia {x}!, {{s25}}",
            $row1,
            ".endif",
            ".if {rows} % 4 > 2",
            "vldmia {x}!, {{s26}}",
            $row2,
            ".endif",
            $end,
            w = inout(reg) $w => _,
            x = inout(reg) $x => _,
            n = inout(reg) $In::USIZE / 4 * 4 => _,
            z = in(reg) $z,
            a = in(reg) $a,
            stride = in(reg) 4 * $Out::USIZE,
            zero = in(reg) 0,
            rows = const $In::USIZE,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _, out("s7") _,
            out("s8") _, out("s9") _, out("s10") _, out("s11") _, out("s12") _, out("s13") _, out("s14") _, out("s15") _,
            out("s16") _, out("s17") _, out("s18") _, out("s19") _, out("s20") _, out("s21") _, out("s22") _, out("s23") _,
            out("s24") _, out("s25") _, out("s26") _, out("s27") _,
            options(nostack)
        )
    };
}

/// [`portable::tile`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn tile<V: Lanes, In: Width, Out: Width>(w: *const f32, x: *const f32, z: *const f32, a: *mut f32) {
    // SAFETY: the caller's; a tile of eight or four reads and writes as many.
    unsafe {
        match const { (V::LANES, partials(Out::USIZE)) } {
            (8, 1) => tile!(<In, Out>(w, x, z, a);
                "vldmia {z}, {{s0-s7}}";
                low8!("s24"), low8!("s25"), low8!("s26"), low8!("s27");
                "vstmia {a}, {{s0-s7}} @ {zero}"
            ),
            (8, 2) => tile!(<In, Out>(w, x, z, a);
                "vldmia {z}, {{s0-s7}}
                vmov d4, {zero}, {zero}
                vmov d5, {zero}, {zero}
                vmov d6, {zero}, {zero}
                vmov d7, {zero}, {zero}";
                low8!("s24"), high8!("s25"), low8!("s26"), high8!("s27");
                concat!(
                    lanes!("vadd.f32"; "s0" "s8", "s1" "s9", "s2" "s10", "s3" "s11", "s4" "s12", "s5" "s13", "s6" "s14", "s7" "s15"),
                    "vstmia {a}, {{s0-s7}}"
                )
            ),
            (4, 4) => tile!(<In, Out>(w, x, z, a);
                "vldmia {z}, {{s0-s3}}
                vmov d2, {zero}, {zero}
                vmov d3, {zero}, {zero}
                vmov d4, {zero}, {zero}
                vmov d5, {zero}, {zero}
                vmov d6, {zero}, {zero}
                vmov d7, {zero}, {zero}";
                row4!("s24", "s0", "s1", "s2", "s3"),
                row4!("s25", "s4", "s5", "s6", "s7"),
                row4!("s26", "s8", "s9", "s10", "s11"),
                row4!("s27", "s12", "s13", "s14", "s15");
                concat!(
                    lanes!("vadd.f32"; "s0" "s8", "s1" "s9", "s2" "s10", "s3" "s11"),
                    lanes!("vadd.f32"; "s4" "s12", "s5" "s13", "s6" "s14", "s7" "s15"),
                    lanes!("vadd.f32"; "s0" "s4", "s1" "s5", "s2" "s6", "s3" "s7"),
                    "vstmia {a}, {{s0-s3}}"
                )
            ),
            _ => portable::tile::<V, In, Out>(w, x, z, a),
        }
    }
}

/// [`portable::change`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn change<V: Lanes, In: Width, Out: Width>(
    scale: f32,
    x: *const f32,
    delta: *const f32,
    to: *mut f32,
) {
    // SAFETY: the caller's; there are eight columns, and a width is not 0.
    unsafe {
        if const { V::LANES != 8 } {
            return portable::change::<V, In, Out>(scale, x, delta, to);
        }
        asm!(
            "vldmia {d}, {{s0-s7}}",
            "vmov s25, {scale}",
            "2:",
            "vldmia {x}!, {{s24}}",
            "vldmia {to}, {{s16-s23}}",
            "vmul.f32 s24, s24, s25",
            each!("vmla.f32", "s24"; "s16" "s0", "s17" "s1", "s18" "s2", "s19" "s3", "s20" "s4", "s21" "s5", "s22" "s6", "s23" "s7"),
            "vstmia {to}, {{s16-s23}}",
            "add {to}, {to}, {stride}",
            "subs {n}, {n}, #1",
            "bne 2b",
            d = in(reg) delta,
            x = inout(reg) x => _,
            to = inout(reg) to => _,
            n = inout(reg) In::USIZE => _,
            stride = in(reg) 4 * Out::USIZE,
            scale = in(reg) scale.to_bits(),
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _, out("s7") _,
            out("s16") _, out("s17") _, out("s18") _, out("s19") _,
            out("s20") _, out("s21") _, out("s22") _, out("s23") _, out("s24") _, out("s25") _,
            options(nostack)
        );
    }
}

// Sixteen products: `vmul` starts the sums, `vmla` adds to them.
macro_rules! sixteen {
    ($operation:literal) => {
        concat!(
            "vldmia {w}!, {{s16-s23}}\nvldmia {d}!, {{s24-s31}}\n",
            sixteen!(@each $operation; "s0" "s16" "s24", "s1" "s17" "s25", "s2" "s18" "s26", "s3" "s19" "s27",
                "s4" "s20" "s28", "s5" "s21" "s29", "s6" "s22" "s30", "s7" "s23" "s31"),
            "vldmia {w}!, {{s16-s23}}\nvldmia {d}!, {{s24-s31}}\n",
            sixteen!(@each $operation; "s8" "s16" "s24", "s9" "s17" "s25", "s10" "s18" "s26", "s11" "s19" "s27",
                "s12" "s20" "s28", "s13" "s21" "s29", "s14" "s22" "s30", "s15" "s23" "s31")
        )
    };
    (@each $operation:literal; $($s:literal $w:literal $d:literal),*) => {
        concat!($($operation, " ", $s, ", ", $w, ", ", $d, "\n"),*)
    };
}

// The products that are left after the sixteens, one by one.
macro_rules! rest {
    ($($k:literal $s:literal),*) => {
        concat!($(
            ".if {cols} % 16 > ", $k, "\nvldmia {w}!, {{s16}}\nvldmia {d}!, {{s24}}\nvmla.f32 ", $s, ", s16, s24\n.endif\n"
        ),*)
    };
}

/// [`portable::row`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn row<Out: Width>(w: *const f32, delta: *const f32) -> f32 {
    // SAFETY: the caller's.
    unsafe {
        if const { Out::USIZE < 16 } {
            return portable::row::<Out>(w, delta);
        }
        let sum: u32;
        asm!(
            sixteen!("vmul.f32"),
            ".if {cols} / 16 > 1",
            "2:",
            sixteen!("vmla.f32"),
            "subs {n}, {n}, #1",
            "bne 2b",
            ".endif",
            rest!("0" "s0", "1" "s1", "2" "s2", "3" "s3", "4" "s4", "5" "s5", "6" "s6", "7" "s7", "8" "s8", "9" "s9",
                "10" "s10", "11" "s11", "12" "s12", "13" "s13", "14" "s14"),
            lanes!("vadd.f32"; "s0" "s8", "s1" "s9", "s2" "s10", "s3" "s11", "s4" "s12", "s5" "s13", "s6" "s14", "s7" "s15"),
            lanes!("vadd.f32"; "s0" "s4", "s1" "s5", "s2" "s6", "s3" "s7", "s0" "s2", "s1" "s3", "s0" "s1"),
            "vmov {n}, s0",
            w = inout(reg) w => _,
            d = inout(reg) delta => _,
            n = inout(reg) Out::USIZE as u32 / 16 - 1 => sum,
            cols = const Out::USIZE,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _, out("s7") _,
            out("s8") _, out("s9") _, out("s10") _, out("s11") _, out("s12") _, out("s13") _, out("s14") _, out("s15") _,
            out("s16") _, out("s17") _, out("s18") _, out("s19") _, out("s20") _, out("s21") _, out("s22") _, out("s23") _,
            out("s24") _, out("s25") _, out("s26") _, out("s27") _, out("s28") _, out("s29") _, out("s30") _, out("s31") _,
            options(readonly, nostack)
        );
        // Each sum starts from +0; added here, it does the same.
        f32::from_bits(sum) + 0.0
    }
}
