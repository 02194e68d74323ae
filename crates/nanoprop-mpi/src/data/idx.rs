use std::path::{Path, PathBuf};

use memmap2::Mmap;
use nanoprop::{Number, Scalar};

use super::{Source, map};
use crate::Error;

/// Pictures and their classes in two memory-mapped files, as MNIST and its kin have them, unpacked: bytes, of which pixels
/// become numbers from 0 to 1, and classes the number 1 in their place. Nobody may change the files while they are open.
///
/// # Source
///
/// Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
#[derive(Debug)]
pub struct Idx {
    images: (PathBuf, Mmap, usize),
    labels: (PathBuf, Mmap, usize),
    len: usize,
    widths: (usize, usize),
}

impl Idx {
    /// Opens both files, whose labels are below `classes`.
    ///
    /// # Errors
    ///
    /// Where one can't be opened, is no IDX file of bytes, has not the length that its header says, or has not as many samples
    /// as the other.
    pub fn open(images: impl AsRef<Path>, labels: impl AsRef<Path>, classes: usize) -> Result<Idx, Error> {
        let (images, labels) = (images.as_ref(), labels.as_ref());
        let (pixels, at, len, width) = open(images)?;
        let (marks, labels_at, count, one) = open(labels)?;
        if one != 1 || count != len {
            let problem = format!("expected {len} labels of 1 byte, found {count} of {one}");
            return Err(Error::file(labels, problem));
        }
        let (images, labels) = ((images.to_owned(), pixels, at), (labels.to_owned(), marks, labels_at));
        Ok(Idx { images, labels, len, widths: (width, classes) })
    }
}

/// The bytes, where the first sample begins, how many there are, and the bytes of each.
fn open(path: &Path) -> Result<(Mmap, usize, usize, usize), Error> {
    let bytes = map(path)?;
    let wrong = |problem: String| Error::file(path, problem);
    let Some((&[0, 0, 8, rank @ 1..=255], rest)) = bytes.split_first_chunk() else {
        return Err(wrong("expected an IDX file of bytes, which begins with 00 00 08; gzip has to be unpacked".into()));
    };
    let widths = rest.get(..4 * usize::from(rank)).ok_or_else(|| wrong("cut short in the header".into()))?;
    let (mut len, mut size, mut product) = (0, 1_usize, Some(1_usize));
    for (k, &width) in widths.as_chunks().0.iter().enumerate() {
        let width = u32::from_be_bytes(width) as usize;
        product = product.and_then(|product| product.checked_mul(width));
        if k == 0 { len = width } else { size = size.saturating_mul(width) }
    }
    let (at, found) = (4 + widths.len(), rest.len() - widths.len());
    if product != Some(found) || size == 0 {
        return Err(wrong(format!("{len} samples of {size} bytes are not the {found} bytes that there are")));
    }
    Ok((bytes, at, len, size))
}

impl Source for Idx {
    fn len(&self) -> usize {
        self.len
    }

    fn widths(&self) -> (usize, usize) {
        self.widths
    }

    fn read<X: Number, Y: Scalar>(&self, index: usize, x: &mut [X], y: &mut [Y]) -> Result<(), Error> {
        let ((path, pixels, at), (labels, marks, first)) = (&self.images, &self.labels);
        let from = index.checked_mul(self.widths.0).and_then(|from| from.checked_add(*at));
        let pixels = from.and_then(|from| pixels.get(from..from.checked_add(self.widths.0)?));
        let Some(pixels) = pixels else { return Err(Error::file(path, format!("there is no sample {index}"))) };
        x.iter_mut().zip(pixels).for_each(|(x, &pixel)| *x = X::from_f64(f64::from(pixel) / 255.0));
        let label = first.checked_add(index).and_then(|at| marks.get(at)).copied().map_or(usize::MAX, usize::from);
        y.fill(Y::from_f64(0.0));
        let wrong = || Error::file(labels, format!("sample {index}: there is no class {label}"));
        y.get_mut(label).ok_or_else(wrong).map(|y| *y = Y::from_f64(1.0))
    }
}
