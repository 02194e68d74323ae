//! References from a caller's pointers, null and misaligned ones refused.

use core::slice;

use crate::Error;

/// Refuses a pointer that can't point to a `T`.
fn check<T>(pointer: *const T) -> Result<(), Error> {
    match () {
        () if pointer.is_null() => Err(Error::Null),
        () if !pointer.is_aligned() => Err(Error::Misaligned),
        () => Ok(()),
    }
}

/// What a pointer points to.
///
/// # Safety
///
/// If it is neither null nor misaligned, it points to a `T` that nobody writes for `'a`.
pub(crate) unsafe fn read<'a, T>(pointer: *const T) -> Result<&'a T, Error> {
    check(pointer)?;
    // SAFETY: the caller's, and it is neither null nor misaligned.
    Ok(unsafe { &*pointer })
}

/// What a pointer points to, exclusively.
///
/// # Safety
///
/// If it is neither null nor misaligned, it points to a `T` that nobody else reads or writes for `'a`.
pub(crate) unsafe fn write<'a, T>(pointer: *mut T) -> Result<&'a mut T, Error> {
    check(pointer)?;
    // SAFETY: the caller's, and it is neither null nor misaligned.
    Ok(unsafe { &mut *pointer })
}

/// A pointer to memory for a `T`, which may hold no `T` yet.
pub(crate) fn place<T>(pointer: *mut T) -> Result<*mut T, Error> {
    check(pointer)?;
    Ok(pointer)
}

/// `count` values in a row; for none the pointer may be null.
///
/// # Safety
///
/// If it is neither null nor misaligned, it points to so many `T`s that nobody writes for `'a`.
pub(crate) unsafe fn row<'a, T>(pointer: *const T, count: usize) -> Result<&'a [T], Error> {
    if count == 0 {
        return Ok(&[]);
    }
    check(pointer)?;
    fits::<T>(count)?;
    // SAFETY: the caller's; it is neither null nor misaligned, and not longer than an allocation can be.
    Ok(unsafe { slice::from_raw_parts(pointer, count) })
}

/// `count` bytes to write; for none the pointer may be null.
///
/// # Safety
///
/// If it is not null, it points to so many bytes that nobody else reads or writes for `'a`.
pub(crate) unsafe fn bytes<'a>(pointer: *mut u8, count: usize) -> Result<&'a mut [u8], Error> {
    if count == 0 {
        return Ok(&mut []);
    }
    check(pointer)?;
    fits::<u8>(count)?;
    // SAFETY: as in `row`.
    Ok(unsafe { slice::from_raw_parts_mut(pointer, count) })
}

/// Refuses more values than an address space holds.
fn fits<T>(count: usize) -> Result<(), Error> {
    let bytes = count.checked_mul(size_of::<T>()).filter(|&bytes| bytes <= isize::MAX as usize);
    bytes.map(|_| ()).ok_or(Error::TooMany)
}
