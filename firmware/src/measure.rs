//! Instructions and stack of a piece of work.

use crate::platform;
use crate::print::number;

/// What the unused stack is painted with.
const PAINT: u32 = 0xA5A5_5A5A;
/// The most that is painted, in bytes.
const MOST: usize = 32 * 1024;

/// A stack painted below this point.
pub struct Painted {
    top: usize,
    bottom: usize,
}

/// Paints the stack from here down; where the platform shows its stack.
#[inline(always)]
pub fn paint() -> Option<Painted> {
    let (top, floor) = platform::stack()?;
    let bottom = floor.max(top.saturating_sub(MOST)).next_multiple_of(4);
    // What this function itself may have below its stack pointer is left as it is.
    let mut at = bottom;
    while at + 128 < top {
        // SAFETY: between the statics and the stack pointer nothing is in use.
        unsafe { (at as *mut u32).write_volatile(PAINT) };
        at += 4;
    }
    Some(Painted { top, bottom })
}

impl Painted {
    /// The bytes used since: from the top to the lowest word that has another colour.
    #[inline(always)]
    pub fn used(&self) -> u32 {
        let mut at = self.bottom;
        // SAFETY: the words that `paint` wrote, and above them the stack in use.
        while at < self.top && unsafe { (at as *const u32).read_volatile() } == PAINT {
            at += 4;
        }
        (self.top - at) as u32
    }
}

/// Prints the instructions, as ticks of a clock that counts them, and the stack of some work.
#[inline(never)]
pub fn measure(name: &str, work: &mut dyn FnMut()) {
    let painted = paint();
    let before = platform::ticks();
    work();
    let after = platform::ticks();
    let used = painted.map(|painted| painted.used());
    if let (Some(before), Some(after)) = (before, after) {
        number("ticks", name, after.wrapping_sub(before) & platform::TICKS);
    }
    if let Some(used) = used {
        number("stack", name, used);
    }
}

/// Prints the instructions of the longest slice of some work, which says whether there are more.
#[inline(never)]
pub fn longest(name: &str, work: &mut dyn FnMut() -> bool) {
    let mut longest = None;
    loop {
        let before = platform::ticks();
        let more = work();
        let ticks = before.zip(platform::ticks()).map(|(before, after)| after.wrapping_sub(before) & platform::TICKS);
        longest = longest.max(ticks);
        if !more {
            break;
        }
    }
    if let Some(longest) = longest {
        number("ticks", name, longest);
    }
}
