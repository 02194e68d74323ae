//! The arrays of `model.weights.h5`.

use hdf5_pure::File;

use super::error;
use crate::error::Error;

/// The file.
pub(super) struct Weights {
    file: File,
    /// Its bytes: no array has more numbers.
    size: u64,
}

/// A layer's folder.
pub(super) struct Folder<'a> {
    weights: &'a Weights,
    path: String,
}

impl Weights {
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Error> {
        let file =
            File::from_bytes(bytes.to_vec()).map_err(|problem| error(format!("`model.weights.h5`: {problem}")))?;
        Ok(Weights { file, size: bytes.len() as u64 })
    }

    pub(super) fn at(&self, path: &str) -> Folder<'_> {
        Folder { weights: self, path: path.to_owned() }
    }
}

impl Folder<'_> {
    /// The folder of a part of the layer.
    pub(super) fn part(&self, name: &str) -> Self {
        Folder { weights: self.weights, path: format!("{}/{name}", self.path) }
    }

    /// Array `k` of the layer, of `count` numbers.
    pub(super) fn get(&self, k: usize, count: usize) -> Result<Vec<f64>, Error> {
        let path = format!("{}/vars/{k}", self.path);
        let fail = |problem: String| error(format!("`{path}` of model.weights.h5: {problem}"));
        let dataset = self.weights.file.dataset(&path).map_err(|problem| fail(problem.to_string()))?;
        let shape = dataset.shape().map_err(|problem| fail(problem.to_string()))?;
        let found = shape.iter().try_fold(1_u64, |product, &width| product.checked_mul(width));
        let Some(found) = found.filter(|&found| found <= self.weights.size) else {
            return Err(fail(format!("{shape:?} numbers are more than the file has")));
        };
        if found != count as u64 {
            return Err(fail(format!("{shape:?} numbers, but the layer has {count}")));
        }
        let values = dataset.read_f64().map_err(|problem| fail(problem.to_string()))?;
        if values.len() == count { Ok(values) } else { Err(fail("it is cut".to_owned())) }
    }
}
