//! Some of the digits of `data/digits`, as bytes in flash.

use nanoprop::prelude::*;

/// How many.
pub const ROWS: usize = 600;

/// One in so many is held out.
const HELD_OUT: usize = 5;

/// 8×8 pixels from 0, white, to 16, black.
static PIXELS: [[u8; 64]; ROWS] = first(include_bytes!("../../data/digits/digits8x8_pixels_u8.bin").as_chunks().0);
static LABELS: [u8; ROWS] = first(include_bytes!("../../data/digits/digits8x8_labels_u8.bin"));

/// The first [`ROWS`] of an array in a file: the others take no flash.
const fn first<T: Copy>(all: &[T]) -> [T; ROWS] {
    match all.first_chunk() {
        Some(first) => *first,
        None => panic!("too few digits in the file"),
    }
}

/// A digit: its pixels from 0 to 1, and its class.
pub type Sample = ([f32; 64], Class<U10>);

/// A place for a sample.
pub const BLANK: Sample = match Class::new(0) {
    Ok(class) => ([0.0; 64], class),
    Err(_) => panic!("there is a class 0"),
};

/// The rows to learn from.
pub fn training() -> impl Iterator<Item = usize> {
    (0..ROWS).filter(|row| row % HELD_OUT != HELD_OUT - 1)
}

/// The rows held out.
pub fn held_out() -> impl Iterator<Item = usize> {
    (0..ROWS).filter(|row| row % HELD_OUT == HELD_OUT - 1)
}

/// The pixels of a row and its class, from flash.
pub fn row(row: usize) -> Option<(&'static [u8; 64], Class<U10>)> {
    let (pixels, &label) = (PIXELS.get(row)?, LABELS.get(row)?);
    Some((pixels, Class::new(label.into()).ok()?))
}

/// Reads a row from flash.
pub fn read(at: usize, (x, y): &mut Sample) {
    let Some((pixels, label)) = row(at) else { return };
    x.iter_mut().zip(pixels).for_each(|(x, &pixel)| *x = f32::from(pixel) / 16.0);
    *y = label;
}

/// How many of the rows held out a network recognises.
pub fn recognised(net: &crate::Digits, sample: &mut Sample) -> u32 {
    let mut right = 0;
    for row in held_out() {
        read(row, sample);
        right += u32::from(net.classify(&sample.0) == sample.1.index());
    }
    right
}
