use std::hint::black_box;
use std::time::{Duration, Instant};

/// Nanoseconds per sample.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The median.
    pub median: f64,
    /// What one block in ten undercuts.
    pub tenth: f64,
    /// The least.
    pub least: f64,
}

/// What a block of calls should take: long against the clock, short against the scheduler.
const BLOCK: f64 = 40e3;
/// Blocks of even the slowest call.
const LEAST: usize = 15;

/// Times `call`, back to back in blocks of about 40 µs, for `ms` milliseconds after a warm-up.
///
/// `call` gets the number of the call, from 0 to `calls` and again.
pub fn time(ms: f64, samples: usize, calls: usize, mut call: impl FnMut(usize)) -> Timing {
    assert!(calls.is_power_of_two());
    let budget = Duration::from_secs_f64(ms / 1e3);
    let mut at = 0;
    let mut block = |count: usize| {
        let start = Instant::now();
        run(&mut call, &mut at, calls - 1, count);
        start.elapsed()
    };

    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(3) {
        block(1);
    }
    let mut count = 1;
    let once = loop {
        let took = block(count).as_nanos() as f64;
        if took > BLOCK * 0.75 || count > 1 << 24 {
            break took / count as f64;
        }
        count *= 2;
    };
    let count = ((BLOCK / once) as usize).max(1);
    let start = Instant::now();
    while start.elapsed() < budget.mul_f64(0.15) {
        block(count);
    }

    let mut blocks = Vec::new();
    let start = Instant::now();
    while start.elapsed() < budget || blocks.len() < LEAST {
        blocks.push(block(count).as_nanos() as f64 / (count * samples) as f64);
    }
    blocks.sort_by(f64::total_cmp);
    Timing { median: blocks[blocks.len() / 2], tenth: blocks[blocks.len() / 10], least: blocks[0] }
}

/// The loop that is timed, apart from what measures it. Each call's number is opaque to the compiler.
#[inline(never)]
fn run(call: &mut impl FnMut(usize), at: &mut usize, mask: usize, count: usize) {
    let mut i = *at;
    for _ in 0..count {
        call(black_box(i & mask));
        i += 1;
    }
    *at = i;
}
