use std::fmt::Display;

/// What a tensor's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Single,
    Double,
    Integer,
}

/// Numbers in rows; whole ones are exact up to 2⁵³, which is more than any width.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
    pub(super) number: Number,
}

/// The most numbers of an array, and of all of a graph.
pub(super) const MOST: usize = 1 << 23;
/// The most multiply-adds of a graph.
const WORK: usize = 1 << 28;

/// What an evaluation may still make, so that a small file can't ask for much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    numbers: usize,
    work: usize,
}

impl Budget {
    pub(super) const NEW: Budget = Budget { numbers: MOST, work: WORK };

    /// How many multiply-adds were taken.
    pub(super) fn worked(&self) -> usize {
        WORK - self.work
    }

    /// Takes so many numbers.
    pub(super) fn numbers(&mut self, count: Option<usize>) -> Result<usize, String> {
        let left = count.and_then(|count| self.numbers.checked_sub(count));
        self.numbers = left.ok_or_else(|| format!("the graph has more than {MOST} numbers between nodes: too many"))?;
        Ok(count.unwrap_or(0))
    }

    /// Takes the product of some numbers as multiply-adds.
    pub(super) fn work(&mut self, factors: &[usize]) -> Result<(), String> {
        let left = count(factors).and_then(|count| self.work.checked_sub(count));
        self.work = left.ok_or_else(|| format!("the graph has more than {WORK} multiply-adds: too many"))?;
        Ok(())
    }
}

/// The product of widths, if that of those that are not 0 is a number: so no product of some of them overflows.
pub(super) fn count(shape: &[usize]) -> Option<usize> {
    let product = shape.iter().try_fold(1_usize, |product, &width| product.checked_mul(width.max(1)));
    if shape.contains(&0) { product.map(|_| 0) } else { product }
}

/// `[1, 3, 8]`, of widths.
pub(super) fn show<T: Display>(shape: &[T]) -> String {
    format!("[{}]", shape.iter().map(T::to_string).collect::<Vec<_>>().join(", "))
}

/// How far one step along each axis is.
pub(super) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut stride = 1;
    let mut strides: Vec<usize> = Vec::with_capacity(shape.len());
    for &width in shape.iter().rev() {
        strides.push(stride);
        stride *= width.max(1);
    }
    strides.reverse();
    strides
}

/// The places `start + Σ kᵢ strideᵢ` for all k, the last axis fastest.
pub(super) fn places(start: usize, axes: &[(usize, isize)]) -> Vec<usize> {
    let mut places = vec![start];
    for &(width, stride) in axes {
        let step = |place: usize| (0..width).map(move |k| place.wrapping_add_signed((k as isize).wrapping_mul(stride)));
        places = places.into_iter().flat_map(step).collect();
    }
    places
}

/// Where each number of a `to` comes from when `shape` is broadcast to it.
pub(super) fn broadcast(shape: &[usize], to: &[usize]) -> Result<Vec<usize>, String> {
    let refuse = || format!("{} can't be broadcast to {}", show(shape), show(to));
    let missing = to.len().checked_sub(shape.len()).ok_or_else(refuse)?;
    let mut axes: Vec<(usize, isize)> = to.iter().take(missing).map(|&width| (width, 0)).collect();
    for ((&width, &to), stride) in shape.iter().zip(to.iter().skip(missing)).zip(strides(shape)) {
        match width {
            1 => axes.push((to, 0)),
            _ if width == to => axes.push((to, stride as isize)),
            _ => return Err(refuse()),
        }
    }
    Ok(places(0, &axes))
}

/// The shape of two arrays together.
pub(super) fn joint(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let rank = a.len().max(b.len());
    let width = |shape: &[usize], k: usize| (k + shape.len()).checked_sub(rank).and_then(|k| shape.get(k)).copied();
    (0..rank)
        .map(|k| match (width(a, k).unwrap_or(1), width(b, k).unwrap_or(1)) {
            (1, width) | (width, 1) => Ok(width),
            (a, b) if a == b => Ok(a),
            _ => Err(format!("{} and {} do not fit", show(a), show(b))),
        })
        .collect()
}

impl Array {
    /// An array of the kind of `like`.
    pub(super) fn new(like: Number, shape: Vec<usize>, values: Vec<f64>) -> Result<Self, String> {
        match count(&shape) == Some(values.len()) {
            true => Ok(Array { shape, values, number: like }),
            false => Err(format!("{} numbers are no {}", values.len(), show(&shape))),
        }
    }

    /// A vector of whole numbers.
    pub(super) fn integers(values: impl IntoIterator<Item = i64>) -> Self {
        let values: Vec<f64> = values.into_iter().map(|value| value as f64).collect();
        Array { shape: vec![values.len()], values, number: Number::Integer }
    }

    /// The numbers as whole ones.
    pub(super) fn to_integers(&self) -> Vec<i64> {
        self.values.iter().map(|&value| value as i64).collect()
    }

    /// The number, if all are the same one.
    pub(super) fn same(&self) -> Option<f64> {
        let first = self.values.first().copied()?;
        self.values.iter().all(|&value| value == first).then_some(first)
    }

    /// The numbers at these places.
    pub(super) fn pick(&self, shape: Vec<usize>, places: &[usize]) -> Result<Self, String> {
        let values = places.iter().filter_map(|&place| self.values.get(place).copied()).collect();
        Array::new(self.number, shape, values)
    }

    /// The array in another shape.
    pub(super) fn reshaped(&self, shape: Vec<usize>) -> Result<Self, String> {
        Array::new(self.number, shape, self.values.clone())
    }

    /// The axis of this number, which may count from the end.
    pub(super) fn axis(&self, axis: i64) -> Result<usize, String> {
        place(axis, self.shape.len())
    }

    /// The width of an axis.
    pub(super) fn width(&self, axis: usize) -> usize {
        self.shape.get(axis).copied().unwrap_or(1)
    }

    /// The widths before an axis together, the axis, and those behind it together.
    pub(super) fn around(&self, axis: usize) -> (usize, usize, usize) {
        let (before, rest) = self.shape.split_at(axis.min(self.shape.len()));
        let (width, behind) = rest.split_first().map_or((1, &[][..]), |(&width, behind)| (width, behind));
        (before.iter().product(), width, behind.iter().product())
    }
}

/// A number that may count from the end of `len`.
pub(super) fn place(index: i64, len: usize) -> Result<usize, String> {
    let from_end = i64::try_from(len).unwrap_or(i64::MAX);
    let place = if index < 0 { index.saturating_add(from_end) } else { index };
    usize::try_from(place).ok().filter(|&place| place < len).ok_or_else(|| format!("there is no {index} of {len}"))
}
