//! Samples from files, split and folded.
//!
//! Readers give plain arrays, such as `Vec<([f32; 4], Class<U3>)>`, which is a set of samples for a network. What is
//! wrong with a file is said with its place:
//! ``iris.csv, line 7, column 3 (petal_length): expected a number, found `wide` ``.

mod columns;
mod csv;
mod error;
mod folds;
mod idx;
mod scaling;
mod source;
#[cfg(feature = "spec")]
mod spec;
mod split;
mod table;

pub use columns::{Columns, Missing};
pub use csv::Csv;
pub use error::DataError;
pub use folds::{Folds, Part, k_fold, k_fold_stratified};
pub use idx::Idx;
pub use scaling::Scaling;
#[cfg(feature = "spec")]
pub use spec::{ColumnSpec, Guess, Kind, Shares, TableSpec, TargetSpec};
pub use split::{Split, SplitError, split, split_stratified, take};
pub use table::{Labelled, Paired, Table};

use nanoprop::loss::Target;
use nanoprop::{Class, Plain, Scalar, Vector, Width};

/// The target that is 1 for the class and 0 for all others, as an array. A network takes a [`Class`] itself.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::OutOfRange;
/// use nanoprop_host::data::one_hot;
///
/// assert_eq!(one_hot::<f32, _>(Class::<U3>::new(1)?).as_slice(), [0.0, 1.0, 0.0]);
/// # Ok::<(), OutOfRange>(())
/// ```
pub fn one_hot<T: Scalar, K: Width>(class: Class<K>) -> Vector<K, T> {
    let mut hot = Vector::ZERO;
    Target::<Vector<K, T>>::with(&class, |y| hot.copy_from_slice(y));
    hot
}
