//! What an operation takes of memory: allocations, counted by an allocator that a test makes the global one, and stack.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::thread;

/// The system's allocator, which counts each thread's allocations.
pub(crate) struct Counting;

thread_local! {
    pub(crate) static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// How many allocations of this thread `work` makes.
pub(crate) fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const PAINT: u8 = 0xA5;

pub(crate) fn on_stack_of<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(bytes).spawn(work).unwrap().join().unwrap()
}

/// [`stack_within`] 40 KiB.
#[inline(never)]
pub(crate) fn stack(work: impl FnOnce()) -> usize {
    stack_within::<{ 40 * 1024 }>(work)
}

/// How many bytes of stack `work` takes: of those that are painted before, the ones that are not after.
#[inline(never)]
pub(crate) fn stack_within<const PAINTED: usize>(work: impl FnOnce()) -> usize {
    let end = paint::<PAINTED>();
    work();
    // SAFETY: within this thread's stack, which `paint` reached. What is there is what it or `work` left.
    let still = (0..PAINTED).take_while(|&i| unsafe { end.add(i).read_volatile() } == PAINT);
    PAINTED - still.count()
}

/// Paints the stack below its caller's frame, and gives the far end.
#[inline(never)]
fn paint<const PAINTED: usize>() -> *const u8 {
    black_box(&mut [PAINT; PAINTED]).as_ptr()
}
