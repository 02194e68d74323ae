use core::cell::{Cell, UnsafeCell};

/// A static that is handed out once, exclusively. For one thread.
pub struct Hand<T> {
    taken: Cell<bool>,
    value: UnsafeCell<T>,
}

// SAFETY: these programs have one thread and no interrupts.
unsafe impl<T> Sync for Hand<T> {}

impl<T> Hand<T> {
    /// A value to hand out; a constant.
    pub const fn new(value: T) -> Self {
        Hand { taken: Cell::new(false), value: UnsafeCell::new(value) }
    }

    /// The value; only the first time.
    #[expect(clippy::mut_from_ref, reason = "given out once")]
    pub fn take(&'static self) -> Option<&'static mut T> {
        // SAFETY: the first call only, so no other reference exists.
        (!self.taken.replace(true)).then(|| unsafe { &mut *self.value.get() })
    }
}
