//! From the orders that other libraries have numbers in to nanoprop's, and back.
//!
//! nanoprop's arrays are channels last, and its weights have a row for each input. PyTorch and ONNX have channels first, and
//! a row for each output.

/// The transpose of a matrix of this many rows; row-major in and out. Empty if the numbers are not full rows.
///
/// ```
/// use nanoprop_exchange::layout::transpose;
///
/// // PyTorch's Linear [out, in] to nanoprop's [in, out]
/// assert_eq!(transpose(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// ```
#[must_use]
pub fn transpose(values: &[f64], rows: usize) -> Vec<f64> {
    permute(values, &[rows, values.len().checked_div(rows).unwrap_or(0)], &[1, 0])
}

/// The numbers of an array with its axes in the order `axes`, as NumPy's `transpose`: axis k of the result is axis `axes[k]`
/// of `values`. Empty if `axes` is no order of the axes, or the numbers are not as many as `shape` says.
///
/// ```
/// // PyTorch's convolution [out, in, rows, columns] to nanoprop's [rows · columns · in, out]
/// let weight: Vec<f64> = (0..2 * 3 * 1 * 2).map(f64::from).collect();
/// let ours = nanoprop_exchange::layout::permute(&weight, &[2, 3, 1, 2], &[2, 3, 1, 0]);
/// assert_eq!(ours[..4], [0.0, 6.0, 2.0, 8.0]);
/// ```
#[must_use]
pub fn permute(values: &[f64], shape: &[usize], axes: &[usize]) -> Vec<f64> {
    let mut sorted = axes.to_vec();
    sorted.sort_unstable();
    let count = shape.iter().try_fold(1_usize, |product, &width| product.checked_mul(width));
    // Of no numbers, the widths beside the one that is 0 may be anything.
    if !sorted.iter().copied().eq(0..shape.len()) || count != Some(values.len()) || values.is_empty() {
        return Vec::new();
    }
    let mut strides = vec![1_usize; shape.len()];
    for k in (1..shape.len()).rev() {
        if let (Some(&width), Some(&stride)) = (shape.get(k), strides.get(k))
            && let Some(outer) = strides.get_mut(k - 1)
        {
            *outer = stride.saturating_mul(width);
        }
    }
    let to: Vec<(usize, usize)> =
        axes.iter().filter_map(|&axis| Some((*shape.get(axis)?, *strides.get(axis)?))).collect();
    let mut places = vec![0_usize];
    for (width, stride) in to {
        places = places.iter().flat_map(|&place| (0..width).map(move |k| place + k * stride)).collect();
    }
    places.into_iter().filter_map(|place| values.get(place).copied()).collect()
}

/// Each row with its equal parts in another order: part k of the result is part `order[k]`. What gates need.
///
/// ```
/// use nanoprop_exchange::layout::regate;
///
/// // two gates of two units: the second gate first
/// assert_eq!(regate(&[1.0, 2.0, 3.0, 4.0], 4, &[1, 0]), [3.0, 4.0, 1.0, 2.0]);
/// ```
#[must_use]
pub fn regate(values: &[f64], row: usize, order: &[usize]) -> Vec<f64> {
    let part = row.checked_div(order.len()).unwrap_or(0);
    let parts = |row: &[f64]| {
        let pick = |&k: &usize| row.get(k * part..(k + 1) * part).unwrap_or_default().to_vec();
        order.iter().flat_map(pick).collect::<Vec<_>>()
    };
    values.chunks(row.max(1)).flat_map(parts).collect()
}
