//! Lines of three words, a kind, a name and a value, which `firmware/run` reads. `core::fmt` can panic, this can't.

use crate::platform;

/// Prints a number.
pub fn number(kind: &str, name: &str, value: u32) {
    let mut digits = [0; 10];
    let mut rest = value;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    line(kind, name, digits.iter().skip(10 - used).copied());
}

/// Prints 64 bits in hexadecimal.
pub fn hexadecimal(kind: &str, name: &str, value: u64) {
    line(kind, name, (0..16).rev().map(|k| b"0123456789abcdef"[(value >> (4 * k)) as usize % 16]));
}

/// Prints the digest of some weights.
pub fn digest(name: &str, value: u64) {
    hexadecimal("digest", name, value);
}

fn line(kind: &str, name: &str, value: impl Iterator<Item = u8>) {
    kind.bytes().chain([b' ']).chain(name.bytes()).chain([b' ']).chain(value).chain([b'\n']).for_each(platform::write);
}

/// A panic that no compiler can rule out.
#[cfg(feature = "plant-panic")]
pub(crate) fn plant_panic() {
    let numbers = [1, 2, 3];
    number("planted", "panic", numbers[core::hint::black_box(7_usize)]);
}

/// An allocation, as the compiler writes it for a `Box`.
#[cfg(feature = "plant-allocation")]
pub(crate) fn plant_allocation() {
    unsafe extern "Rust" {
        fn __rust_alloc(size: usize, align: usize) -> *mut u8;
    }
    // SAFETY: it is never linked.
    number("planted", "allocation", unsafe { __rust_alloc(8, 4) } as usize as u32);
}
