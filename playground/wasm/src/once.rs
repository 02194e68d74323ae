use core::cell::UnsafeCell;

/// A static that the page's only thread works on, one call after the other.
pub struct Once<T>(UnsafeCell<T>);

// SAFETY: WebAssembly without the threads proposal has one thread.
unsafe impl<T> Sync for Once<T> {}

impl<T> Once<T> {
    /// A value; a constant.
    pub const fn new(value: T) -> Self {
        Once(UnsafeCell::new(value))
    }

    /// Where it is, for the page.
    pub const fn place(&self) -> *mut T {
        self.0.get()
    }

    /// Works on the value.
    ///
    /// # Safety
    ///
    /// Not within another call on the same static.
    #[inline(always)]
    pub unsafe fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: one thread, and by the contract no other reference.
        work(unsafe { &mut *self.0.get() })
    }
}
