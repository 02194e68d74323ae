//! Named arrays, as files of weights and samples have them.

mod number;

use std::collections::BTreeMap;

pub(crate) use number::Number;

use crate::error::Error;
use crate::model::show;

/// An array of numbers with its widths; row-major. A file's numbers of any kind are `f64` here, which holds each `f32` as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// Arrays by name.
pub type Arrays = BTreeMap<String, Array>;

impl Array {
    /// An array of these widths; none for a single number.
    ///
    /// # Errors
    ///
    /// If there are not as many numbers as the widths say.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::Array;
    ///
    /// let array = Array::new(vec![2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0])?;
    /// assert_eq!(array.rows().nth(1), Some(&[3.0, 4.0, 5.0][..]));
    /// assert_eq!(array.shape(), [2, 3]);
    /// assert_eq!(array.into_values().len(), 6);
    /// # Ok::<(), nanoprop_exchange::Error>(())
    /// ```
    pub fn new(shape: Vec<usize>, values: Vec<f64>) -> Result<Self, Error> {
        let count = shape.iter().try_fold(1_usize, |product, &width| product.checked_mul(width));
        if count != Some(values.len()) {
            return Err(Error::file("array", format!("{} numbers are no {}", values.len(), show(&shape))));
        }
        Ok(Array { shape, values })
    }

    /// Its widths, outermost first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Its numbers.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Its numbers, without the widths.
    #[must_use]
    pub fn into_values(self) -> Vec<f64> {
        self.values
    }

    /// What it has at each index of its first axis: samples, one after the other.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        let width = self.shape.iter().skip(1).fold(1_usize, |product, &width| product.saturating_mul(width)).max(1);
        self.values.chunks(width)
    }
}
