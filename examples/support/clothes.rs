//! Fashion-MNIST, from the four files of the Debian package dataset-fashion-mnist, and what is printed of it.

use std::path::{Path, PathBuf};

use nanoprop::metrics::Confusion;
use nanoprop::prelude::*;
use nanoprop_host::data::{DataError, Idx};

pub(crate) const NAMES: [&str; 10] =
    ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"];
const FOLDER: &str = "/usr/share/datasets/fashion-mnist";

/// Pixels from 0, white, to 1, black; and what they show.
pub(crate) type Pictures = (Vec<[f32; 784]>, Vec<Class<U10>>);

/// The pictures to learn from, and those held out, from a folder or where the package has them.
pub(crate) fn load(folder: Option<PathBuf>) -> Result<(Pictures, Pictures), String> {
    let folder = folder.unwrap_or(FOLDER.into());
    let help = "expected the four files of the Debian package dataset-fashion-mnist: install it, or give their folder";
    let part = |part| self::part(&folder, part).map_err(|error| format!("{error}\n{help}"));
    Ok((part("train")?, part("t10k")?))
}

/// The files of a part, gzipped or not.
fn part(folder: &Path, part: &str) -> Result<Pictures, DataError> {
    let open = |what| {
        let plain = folder.join(format!("{part}-{what}-ubyte"));
        Idx::open(if plain.exists() { plain } else { folder.join(format!("{part}-{what}-ubyte.gz")) })
    };
    Ok((open("images-idx3")?.rows(1.0 / 255.0)?, open("labels-idx1")?.classes()?))
}

/// Precision, recall and F1 of each kind.
pub(crate) fn print(confusion: &Confusion<U10>) {
    println!("          precision   recall       F1");
    for (k, name) in NAMES.iter().enumerate() {
        let [precision, recall, f1] = [confusion.precision(k), confusion.recall(k), confusion.f1(k)].map(|x| 100.0 * x);
        println!("{name:10}{precision:7.2} %{recall:7.2} %{f1:7.2} %");
    }
}
