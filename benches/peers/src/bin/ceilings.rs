//! What the core can do at all: multiply-adds from registers, and what its caches deliver.
//!
//! Answers `NAME MS` on its standard input with `ok VALUE`: multiply-adds or bytes per nanosecond.

use std::io::{self, Write as _};

/// The names, in the order of the table.
const NAMES: [&str; 6] = ["fused", "apart", "l1-read", "l1-update", "l2-read", "l2-update"];
const L1: usize = 16 << 10;
/// About the weights of the largest network.
const L2: usize = 448 << 10;

fn main() -> io::Result<()> {
    say(&format!("ready {}", NAMES.join(" ")))?;
    let mut bytes = vec![[0_u8; 64]; L2 / 64 + 1];
    // The first whole cache line.
    let start = bytes.as_mut_ptr().cast::<u8>();
    let start = start.wrapping_add(start.align_offset(64));
    for line in io::stdin().lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        let (name, ms) = (words.next().unwrap_or(""), words.next().and_then(|ms| ms.parse().ok()).unwrap_or(20.0));
        match ceiling(name, ms, start) {
            Some(value) => say(&format!("ok {value:.2}"))?,
            None => say("no")?,
        }
    }
    Ok(())
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

#[cfg(not(target_arch = "x86_64"))]
fn ceiling(_: &str, _: f64, _: *mut u8) -> Option<f64> {
    None
}

#[cfg(target_arch = "x86_64")]
fn ceiling(name: &str, ms: f64, start: *mut u8) -> Option<f64> {
    let (avx512, avx2) = (is_x86_feature_detected!("avx512f"), is_x86_feature_detected!("avx2"));
    let fma = is_x86_feature_detected!("fma");
    let rate = |amount: usize, loops: unsafe fn(usize, *mut u8, usize), turns: usize, size: usize| {
        // SAFETY: the processor has the registers, and `size` bytes, a multiple of 512, begin at `start`.
        let timing = nanoprop_peers::time(ms, 1, 1, |_| unsafe { loops(turns, start, size) });
        amount as f64 / timing.median
    };
    const TURNS: usize = 256;
    let products = |lanes: usize| TURNS * x86::PRODUCTS * lanes;
    let best = |wide: Option<f64>, narrow: Option<f64>| [wide, narrow].into_iter().flatten().reduce(f64::max);
    match name {
        "fused" => best(
            avx512.then(|| rate(products(16), x86::fused512, TURNS, 0)),
            (avx2 && fma).then(|| rate(products(8), x86::fused256, TURNS, 0)),
        ),
        "apart" => best(
            avx512.then(|| rate(products(16), x86::apart512, TURNS, 0)),
            avx2.then(|| rate(products(8), x86::apart256, TURNS, 0)),
        ),
        "l1-read" | "l2-read" => {
            let size = if name == "l1-read" { L1 } else { L2 };
            best(avx512.then(|| rate(size, x86::read512, 1, size)), avx2.then(|| rate(size, x86::read256, 1, size)))
        }
        "l1-update" | "l2-update" => {
            let size = if name == "l1-update" { L1 } else { L2 };
            best(avx512.then(|| rate(size, x86::update512, 1, size)), avx2.then(|| rate(size, x86::update256, 1, size)))
        }
        _ => None,
    }
}

/// Written as instructions, so that no compiler joins, hoists or drops them.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::asm;

    /// Products of one lane in one turn.
    pub(crate) const PRODUCTS: usize = 12;

    /// Twelve independent sums: more than the units times their latency.
    macro_rules! fused {
        ($name:ident, $r:literal) => {
            pub(crate) unsafe fn $name(turns: usize, _: *mut u8, _: usize) {
                // SAFETY: registers only.
                unsafe {
                    asm!(
                        "2:",
                        concat!("vfmadd231ps ", $r, "0, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "1, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "2, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "3, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "4, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "5, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "6, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "7, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "8, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "9, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "10, ", $r, "14, ", $r, "15"),
                        concat!("vfmadd231ps ", $r, "11, ", $r, "14, ", $r, "15"),
                        "dec rcx",
                        "jnz 2b",
                        "vzeroupper",
                        inout("rcx") turns => _,
                        clobber_abi("C"),
                    );
                }
            }
        };
    }
    fused!(fused512, "zmm");
    fused!(fused256, "ymm");

    /// The same with each product rounded before it is added. Twelve products in twelve sums, through three
    /// registers that the processor renames.
    macro_rules! apart {
        ($name:ident, $r:literal) => {
            pub(crate) unsafe fn $name(turns: usize, _: *mut u8, _: usize) {
                // SAFETY: registers only.
                unsafe {
                    asm!(
                        "2:",
                        concat!("vmulps ", $r, "12, ", $r, "14, ", $r, "15"),
                        concat!("vmulps ", $r, "13, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "0, ", $r, "0, ", $r, "12"),
                        concat!("vmulps ", $r, "12, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "1, ", $r, "1, ", $r, "13"),
                        concat!("vmulps ", $r, "13, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "2, ", $r, "2, ", $r, "12"),
                        concat!("vmulps ", $r, "12, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "3, ", $r, "3, ", $r, "13"),
                        concat!("vmulps ", $r, "13, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "4, ", $r, "4, ", $r, "12"),
                        concat!("vmulps ", $r, "12, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "5, ", $r, "5, ", $r, "13"),
                        concat!("vmulps ", $r, "13, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "6, ", $r, "6, ", $r, "12"),
                        concat!("vmulps ", $r, "12, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "7, ", $r, "7, ", $r, "13"),
                        concat!("vmulps ", $r, "13, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "8, ", $r, "8, ", $r, "12"),
                        concat!("vmulps ", $r, "12, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "9, ", $r, "9, ", $r, "13"),
                        concat!("vmulps ", $r, "13, ", $r, "14, ", $r, "15"),
                        concat!("vaddps ", $r, "10, ", $r, "10, ", $r, "12"),
                        concat!("vaddps ", $r, "11, ", $r, "11, ", $r, "13"),
                        "dec rcx",
                        "jnz 2b",
                        "vzeroupper",
                        inout("rcx") turns => _,
                        clobber_abi("C"),
                    );
                }
            }
        };
    }
    apart!(apart512, "zmm");
    apart!(apart256, "ymm");

    macro_rules! read {
        ($name:ident, $r:literal, $bytes:literal) => {
            pub(crate) unsafe fn $name(_: usize, start: *mut u8, size: usize) {
                // SAFETY: the caller owns `size` bytes, a multiple of eight registers.
                unsafe {
                    asm!(
                        "2:",
                        concat!("vmovaps ", $r, "0, [rcx]"),
                        concat!("vmovaps ", $r, "1, [rcx + ", $bytes, "]"),
                        concat!("vmovaps ", $r, "2, [rcx + 2 * ", $bytes, "]"),
                        concat!("vmovaps ", $r, "3, [rcx + 3 * ", $bytes, "]"),
                        concat!("vmovaps ", $r, "4, [rcx + 4 * ", $bytes, "]"),
                        concat!("vmovaps ", $r, "5, [rcx + 5 * ", $bytes, "]"),
                        concat!("vmovaps ", $r, "6, [rcx + 6 * ", $bytes, "]"),
                        concat!("vmovaps ", $r, "7, [rcx + 7 * ", $bytes, "]"),
                        concat!("add rcx, 8 * ", $bytes),
                        "cmp rcx, rdx",
                        "jne 2b",
                        "vzeroupper",
                        inout("rcx") start => _,
                        in("rdx") start.wrapping_add(size),
                        clobber_abi("C"),
                    );
                }
            }
        };
    }
    read!(read512, "zmm", "64");
    read!(read256, "ymm", "32");

    macro_rules! update {
        ($name:ident, $r:literal, $bytes:literal) => {
            pub(crate) unsafe fn $name(_: usize, start: *mut u8, size: usize) {
                // SAFETY: the caller owns `size` bytes, a multiple of eight registers.
                unsafe {
                    asm!(
                        "2:",
                        concat!("vmovaps ", $r, "0, [rcx]"),
                        concat!("vmovaps ", $r, "1, [rcx + ", $bytes, "]"),
                        concat!("vmovaps ", $r, "2, [rcx + 2 * ", $bytes, "]"),
                        concat!("vmovaps ", $r, "3, [rcx + 3 * ", $bytes, "]"),
                        concat!("vmovaps [rcx], ", $r, "0"),
                        concat!("vmovaps [rcx + ", $bytes, "], ", $r, "1"),
                        concat!("vmovaps [rcx + 2 * ", $bytes, "], ", $r, "2"),
                        concat!("vmovaps [rcx + 3 * ", $bytes, "], ", $r, "3"),
                        concat!("add rcx, 4 * ", $bytes),
                        "cmp rcx, rdx",
                        "jne 2b",
                        "vzeroupper",
                        inout("rcx") start => _,
                        in("rdx") start.wrapping_add(size),
                        clobber_abi("C"),
                    );
                }
            }
        };
    }
    update!(update512, "zmm", "64");
    update!(update256, "ymm", "32");
}
