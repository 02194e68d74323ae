//! Layers over windows.

use nanoprop::Scalar;
use nanoprop::runtime::{Frame, dot};

use super::dense::product;

/// Calls `go` with each place of a window that is there, in order: its number in the window, and in the array.
fn taps(frame: &Frame, row: usize, column: usize, mut go: impl FnMut(usize, usize)) {
    let (rows, columns) = (frame.rows, frame.columns);
    let (top, from_row, to_row) = rows.clip(row);
    let (left, from, to) = columns.clip(column);
    for ky in from_row..to_row {
        for kx in from..to {
            let y = top.saturating_add_unsigned(ky * rows.dilation);
            let x = left.saturating_add_unsigned(kx * columns.dilation);
            if let (Ok(y), Ok(x)) = (usize::try_from(y), usize::try_from(x)) {
                go(ky * columns.window + kx, y * columns.len + x);
            }
        }
    }
}

/// The windows' rows and columns, in their order.
fn windows(frame: &Frame) -> impl Iterator<Item = (usize, usize)> {
    let columns = frame.columns.count;
    (0..frame.rows.count).flat_map(move |row| (0..columns).map(move |column| (row, column)))
}

/// The numbers of a place.
fn place<T>(x: &[T], place: usize, channels: usize) -> &[T] {
    x.get(place * channels..(place + 1) * channels).unwrap_or_default()
}

/// `b + Wᵀ x_t` of each window, with zeros where it reaches into the padding.
pub(super) fn conv<T: Scalar>(frame: &Frame, weight: &[T], bias: &[T], x: &[T]) -> Vec<T> {
    let channels = frame.channels;
    let mut patch = vec![T::of(0.0); frame.rows.window * frame.columns.window * channels];
    let mut y = Vec::new();
    for (row, column) in windows(frame) {
        patch.fill(T::of(0.0));
        taps(frame, row, column, |k, at| {
            let to = patch.iter_mut().skip(k * channels);
            to.zip(place(x, at, channels)).for_each(|(to, &x)| *to = x);
        });
        let mut z = bias.to_vec();
        product(weight, &patch, &mut z);
        y.extend(z);
    }
    y
}

/// `b + Σ_t W x_t` at the places of each window t: sums of a step's inputs as in the way back of a dense layer, then those of the
/// windows in their order, from +0, and the bias.
///
/// # Shapes
///
/// `weight: [window · Out × In]`, `x: [steps × In]`.
pub(super) fn spread<T: Scalar>(frame: &Frame, weight: &[T], bias: &[T], inputs: usize, x: &[T]) -> Vec<T> {
    let channels = frame.channels;
    let mut y = vec![T::of(0.0); frame.columns.len * channels];
    for (t, x) in x.chunks(inputs.max(1)).enumerate() {
        taps(frame, 0, t, |k, at| {
            let rows = weight.chunks(inputs.max(1)).skip(k * channels);
            for (y, row) in y.iter_mut().skip(at * channels).take(channels).zip(rows) {
                *y = *y + dot(row.iter().zip(x).map(|(&w, &x)| (x, w)));
            }
        });
    }
    y.iter_mut().zip(bias.iter().cycle()).for_each(|(y, &bias)| *y = *y + bias);
    y
}

/// `b_c + Σ_k x_kc w_kc` of each window, of the places that are not padding.
pub(super) fn depthwise<T: Scalar>(frame: &Frame, weight: &[T], bias: &[T], x: &[T]) -> Vec<T> {
    let channels = frame.channels;
    let mut y = Vec::new();
    for (row, column) in windows(frame) {
        let mut z = bias.to_vec();
        taps(frame, row, column, |k, at| {
            let pairs = z.iter_mut().zip(place(x, at, channels)).zip(place(weight, k, channels));
            pairs.for_each(|((z, &x), &w)| *z = x.mul_add(w, *z));
        });
        y.extend(z);
    }
    y
}

/// The largest number of each channel in each window: of equal ones the first, and NaN where one is.
pub(super) fn max_pool<T: Scalar>(frame: &Frame, x: &[T]) -> Vec<T> {
    let nan = |x: T| x.partial_cmp(&x).is_none();
    let mut y = Vec::new();
    for (row, column) in windows(frame) {
        let mut z = vec![T::of(f64::NEG_INFINITY); frame.channels];
        taps(frame, row, column, |_, at| {
            let pairs = z.iter_mut().zip(place(x, at, frame.channels));
            pairs.for_each(|(z, &x)| *z = if x > *z || nan(x) && !nan(*z) { x } else { *z });
        });
        y.extend(z);
    }
    y
}

/// The mean of each channel in each window, of the places that are not padding.
pub(super) fn avg_pool<T: Scalar>(frame: &Frame, x: &[T]) -> Vec<T> {
    let mut y = Vec::new();
    for (row, column) in windows(frame) {
        let (mut z, mut n) = (vec![T::of(0.0); frame.channels], 0_u32);
        taps(frame, row, column, |_, at| {
            n += 1;
            z.iter_mut().zip(place(x, at, frame.channels)).for_each(|(z, &x)| *z = *z + x);
        });
        y.extend(z.into_iter().map(|z| z / T::of(f64::from(n))));
    }
    y
}

/// The mean of each channel.
pub(super) fn mean<T: Scalar>(channels: usize, x: &[T]) -> Vec<T> {
    let mut y = vec![T::of(0.0); channels];
    let rows = x.chunks(channels.max(1));
    let n = T::of(rows.len() as f64);
    rows.for_each(|x| y.iter_mut().zip(x).for_each(|(y, &x)| *y = *y + x));
    y.into_iter().map(|y| y / n).collect()
}
