//! Conveniences for machines with a heap and files.
#![allow(unsafe_code)]

use crate::array::Plain;
use crate::layer::{Blank, TapeOf};
use crate::loss::Loss;
use crate::network::{Gradient, Layers, Network};
use alloc::boxed::Box;

/// Values that may be too large for the stack: networks, gradients, and what a training remembers.
///
/// `Box::new(Wide::ZERO)` makes the value on the stack and then moves it, unless the optimiser sees otherwise; in debug
/// builds a large one overflows the stack. [`boxed`](Boxed::boxed) makes it where it stays.
///
/// A box is aligned to 16 bytes. [`Aligned`](crate::array::Aligned), as in `Aligned::<Wide>::boxed()`, begins on a cache line,
/// which makes predictions of one sample faster.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! { type Wide = 784 => Dense<1000, Relu> => Dense<10>, loss = SoftmaxCrossEntropy; }
/// let (mut net, mut training) = (Wide::boxed(), Training::<Wide, Adam>::boxed()); // 3.2 and 9.5 MB
/// let mut tapes = Wide::boxed_tapes::<32>();
/// net.initialize(&He, &mut Pcg32::new(1));
/// # let _ = (&mut training, &mut tapes);
/// ```
pub trait Boxed: Sized {
    /// The type's `ZERO` on the heap, which never was on the stack.
    fn boxed() -> Box<Self>;
}

impl<L: Layers, E: Loss> Boxed for Network<L, E> {
    fn boxed() -> Box<Self> {
        let () = Self::FITS;
        // SAFETY: a network is `Plain`: numbers only, and zero bytes are +0.
        unsafe { Box::<Self>::new_zeroed().assume_init() }
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// A blank [tape](Network::TAPE) on the heap, which never was on the stack.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Mnist = 784 => Dense<128, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
    /// let (mut net, mut tape) = (Mnist::boxed(), Mnist::boxed_tape()); // 407 KB that the stack never sees
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// net.descend(&[0.5; 784], &[0.0; 10], 0.1, &mut tape);
    /// ```
    pub fn boxed_tape() -> Box<TapeOf<Self>> {
        let tapes = Box::into_raw(Self::boxed_tapes::<1>());
        // SAFETY: an array of one value is laid out as the value.
        unsafe { Box::from_raw(tapes.cast()) }
    }

    /// Blank tapes for `B` samples on the heap, which never were on the stack.
    pub fn boxed_tapes<const B: usize>() -> Box<[TapeOf<Self>; B]> {
        let mut place = Box::<[TapeOf<Self>; B]>::new_uninit();
        // Assigned, not passed to a function: so there is no copy on the stack, even in debug builds. An assignment would
        // drop what was there, if that had something to drop.
        const { assert!(!core::mem::needs_drop::<TapeOf<Self>>(), "a tape holds nothing that has to be dropped") }
        // SAFETY: the place is ours, and has the size and alignment of the value; what was there is not dropped; then the
        // value is there.
        unsafe {
            *place.as_mut_ptr() = Blank::<TapeOf<Self>, B>::TAPES;
            place.assume_init()
        }
    }
}

impl<N: Plain> Boxed for Gradient<N> {
    fn boxed() -> Box<Self> {
        // SAFETY: two `Plain` values and a count: zero bytes are their zeros.
        unsafe { Box::<Self>::new_zeroed().assume_init() }
    }
}

// boxed! { [generics] Type { grad; tapes = BLANK } } boxes a struct whose fields are zero, up to the `;`, or constants.
//
// The caller promises that zero bytes are a value of the fields before the `;`.
macro_rules! boxed {
    ([$($generics:tt)*] $type:ty { $($zero:ident),+; $($field:ident = $value:expr),* }) => {
        #[allow(unsafe_code)]
        impl<$($generics)*> crate::Boxed for $type {
            fn boxed() -> alloc::boxed::Box<Self> {
                // A field that is added has to be named here.
                let _ = |Self { $($zero: _,)+ $($field: _,)* }: Self| ();
                const { assert!(!core::mem::needs_drop::<Self>()) }
                #[allow(unused_mut)]
                let mut place = alloc::boxed::Box::<Self>::new_zeroed();
                // SAFETY: each field is written, or zero bytes are its value; there is nothing to drop.
                unsafe {
                    $( (*place.as_mut_ptr()).$field = $value; )*
                    place.assume_init()
                }
            }
        }
    };
}
pub(crate) use boxed;

#[cfg(all(feature = "std", feature = "checkpoint"))]
mod file {
    use super::{Layers, Loss, Network};
    use std::path::{Path, PathBuf};
    use std::{fs, io};

    impl<L: Layers, E: Loss> Network<L, E> {
        /// Writes a [checkpoint](crate::checkpoint) to a file, which is replaced as a whole or not at all.
        ///
        /// The bytes go to a new file beside it, are on the disk before it takes the name, and the name is on the disk
        /// before this returns. So whoever reads the file meanwhile, and whoever finds it after a loss of power, has the
        /// old network or the new one. Several threads or programs may save to one file; the last one stays.
        ///
        /// Of a symbolic link, the file that it points to is replaced, and the link stays. On Unix, a file that is replaced
        /// keeps its permissions. It does not keep its owner, if that is someone else, or extended attributes, and other
        /// hard links to it keep the old bytes. A pipe or a device is written to as it is.
        ///
        /// # Errors
        ///
        /// What the file system says, or a [`CheckpointError`](crate::CheckpointError) for a network with NaN; a file that
        /// was there is then as it was.
        ///
        /// # Example
        ///
        /// ```
        /// use nanoprop::prelude::*;
        ///
        /// let file = std::env::temp_dir().join(format!("line-{}.nprp", std::process::id()));
        /// let mut net = Network::<Dense<U1, U1>, SquaredError>::ZERO;
        /// net.parameters_mut().copy_from_slice(&[1.0, 2.0]);
        /// net.save_to(&file)?;
        ///
        /// let mut restored = Network::<Dense<U1, U1>, SquaredError>::ZERO;
        /// restored.load_from(&file)?;
        /// assert_eq!(restored.parameters(), [1.0, 2.0]);
        /// # std::fs::remove_file(file)?;
        /// # Ok::<(), std::io::Error>(())
        /// ```
        pub fn save_to(&self, path: impl AsRef<Path>) -> io::Result<()> {
            let mut bytes = alloc::vec![0; Self::CHECKPOINT];
            self.save(&mut bytes).map_err(io::Error::other)?;
            replace(path.as_ref(), &bytes)
        }

        /// Reads a [checkpoint](crate::checkpoint) from a file.
        ///
        /// # Errors
        ///
        /// What the file system says, or a [`CheckpointError`](crate::CheckpointError) of kind
        /// [`InvalidData`](io::ErrorKind::InvalidData); the network is then as it was.
        pub fn load_from(&mut self, path: impl AsRef<Path>) -> io::Result<()> {
            self.load(&fs::read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
        }
    }

    /// Makes `bytes` the content of a file.
    fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
        let old = fs::metadata(path).ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return fs::write(path, bytes);
        }
        let path = behind_links(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any file that a program makes; temporary files are their owner's alone otherwise.
            let mode = old.as_ref().map_or(0o666, |old| old.permissions().mode() & 0o777);
            builder.permissions(PermissionsExt::from_mode(mode));
        }
        let mut part = builder.prefix(".nanoprop-").suffix(".part").tempfile_in(folder)?;
        io::Write::write_all(&mut part, bytes)?;
        #[cfg(unix)]
        if let Some(old) = old {
            // The process's mask took bits from those that the file was made with.
            part.as_file().set_permissions(old.permissions())?;
        }
        part.as_file().sync_all()?;
        part.persist(&path).map_err(|error| error.error)?;
        if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
    }

    /// The path that a file has, or would have, behind symbolic links.
    fn behind_links(path: &Path) -> io::Result<PathBuf> {
        let mut path = PathBuf::from(path);
        // As many as Linux follows.
        for _ in 0..40 {
            let Ok(link) = fs::read_link(&path) else { return Ok(path) };
            path = path.parent().unwrap_or(Path::new("")).join(link);
        }
        Err(io::Error::other("too many symbolic links"))
    }
}
