//! Files are not trusted: each header that does not fit its file is an error, and none is an allocation.

use std::fs;
use std::path::PathBuf;

use nanoprop_mpi::{Idx, Raw, Source};

/// A file that is gone in the end.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, bytes: &[u8]) -> Temporary {
        let path = std::env::temp_dir().join(format!("nanoprop-mpi-{name}-{}", std::process::id()));
        fs::write(&path, bytes).unwrap();
        Temporary(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

fn raw(len: u64, x: u32, y: u32, numbers: &[f32]) -> Vec<u8> {
    let mut bytes = [*b"nprd", 1_u32.to_le_bytes()].concat();
    bytes.extend(len.to_le_bytes());
    bytes.extend([x.to_le_bytes(), y.to_le_bytes()].concat());
    numbers.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    bytes
}

#[test]
fn raw_files() {
    let good = raw(2, 2, 1, &[1.0, 2.0, 3.0, 4.0, f32::NAN, 6.0]);
    let file = Temporary::new("good.nprd", &good);
    let data = Raw::open(&file.0).unwrap();
    let (mut x, mut y) = ([0.0_f32; 2], [0.0_f32; 1]);
    data.read(0, &mut x, &mut y).unwrap();
    assert_eq!((data.len(), data.widths(), x, y), (2, (2, 1), [1.0, 2.0], [3.0]));
    let problem = |index| data.read(index, &mut [0.0_f32; 2], &mut [0.0_f32; 1]).unwrap_err().to_string();
    assert!(problem(1).ends_with("sample 1 has a number that is not finite"));
    assert!(problem(2).ends_with("there is no sample 2"));
    assert!(problem(usize::MAX).contains("there is no sample"));

    let numbers = [0.0; 6];
    let mut other = good.clone();
    other[4] = 2;
    for (what, bytes) in [
        ("empty", vec![]),
        ("header", good[..23].to_vec()),
        ("short", good[..good.len() - 1].to_vec()),
        ("long", [&good[..], &[0]].concat()),
        ("version", other),
        ("more", raw(3, 2, 1, &numbers)),
        ("huge", raw(u64::MAX, u32::MAX, u32::MAX, &numbers)),
        // 2⁶² samples of 4 bytes would be 2⁶⁴, and wrap to 0.
        ("wraps", raw(1 << 62, 1, 0, &[])),
        ("no-target", raw(3, 2, 0, &numbers)),
        ("nothing", raw(1 << 40, 0, 0, &[])),
    ] {
        let file = Temporary::new(what, &bytes);
        assert!(Raw::open(&file.0).is_err(), "{what}");
    }
    assert!(Raw::open("no/such/file").unwrap_err().to_string().starts_with("no/such/file: "));
}

#[test]
fn idx_files() {
    let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, 255, 255, 0, 0];
    let labels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 3];
    let open = |images: &[u8], labels: &[u8]| {
        let name = images.len()
            ^ labels.len() << 8
            ^ usize::from(images.iter().chain(labels).fold(0, |a: u16, &b| a.wrapping_mul(31) ^ u16::from(b)));
        let files = (Temporary::new(&format!("{name}-i"), images), Temporary::new(&format!("{name}-l"), labels));
        Idx::open(&files.0.0, &files.1.0, 3)
    };
    let data = open(&images, &labels).unwrap();
    let (mut x, mut y) = ([0.0_f32; 3], [7.0_f32; 3]);
    data.read(0, &mut x, &mut y).unwrap();
    assert_eq!((data.len(), data.widths(), x, y), (2, (3, 3), [0.0, 0.2, 1.0], [0.0, 1.0, 0.0]));
    assert!(data.read(1, &mut x, &mut y).unwrap_err().to_string().ends_with("sample 1: there is no class 3"));
    assert!(data.read(2, &mut x, &mut y).unwrap_err().to_string().ends_with("there is no sample 2"));

    for end in 0..images.len() {
        assert!(open(&images[..end], &labels).is_err(), "{end} bytes");
    }
    for end in 0..labels.len() {
        assert!(open(&images, &labels[..end]).is_err(), "{end} bytes");
    }
    assert!(open(&[&images[..], &[0]].concat(), &labels).is_err());
    // Widths whose product wraps to the size that there is.
    let huge = [&[0, 0, 8, 5][..], &[255; 20], &[0; 6]].concat();
    assert!(open(&huge, &labels).is_err());
    assert!(open(&images, &[0, 0, 8, 1, 0, 0, 0, 3, 1, 1, 1]).is_err());
    assert!(open(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0], &labels).is_err());
}
