//! Files that are as they should be, and what is said of those that are not.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use nanoprop::prelude::*;
use nanoprop_host::data::{Csv, DataError, Idx};

const TABLE: &str = "# flowers\nlength, width ,kind\n5.1,3.5,setosa\n\n\"7\" ,-3.2e0,versicolor\n";
const LABELS: [&str; 2] = ["setosa", "versicolor"];

type Flowers = Vec<([f32; 2], Class<U2>)>;

fn flowers(text: &str) -> Result<Flowers, DataError> {
    Csv::new().comments(b'#').read("iris.csv", text.as_bytes())?.classes(&LABELS)
}

fn message<T>(result: Result<T, DataError>) -> String {
    result.err().expect("an error").to_string()
}

#[test]
fn tables() {
    let samples = flowers(TABLE).unwrap();
    assert_eq!(samples, [([5.1, 3.5], Class::new(0).unwrap()), ([7.0, -3.2], Class::new(1).unwrap())]);
    let table = Csv::new().comments(b'#').read("iris.csv", TABLE.as_bytes()).unwrap();
    assert_eq!((table.len(), table.labels()), (2, vec!["setosa", "versicolor"]));

    let table =
        Csv::new().without_header().delimiter(b';').target_first().read("t", "2;0.5;1\n0;1;2\n".as_bytes()).unwrap();
    let numbered = table.numbered_classes::<f64, 2, U3>().unwrap();
    assert_eq!(numbered, [([0.5, 1.0], Class::new(2).unwrap()), ([1.0, 2.0], Class::new(0).unwrap())]);
    assert_eq!(table.targets::<f64, 1, 2>().unwrap(), [([1.0], [2.0, 0.5]), ([2.0], [0.0, 1.0])]);
}

#[test]
fn tables_that_are_wrong() {
    let head = "length,width,kind\n";
    let of = |row: &str| message(flowers(&format!("{head}1,2,setosa\n{row}\n")));
    assert_eq!(of("1,x,setosa"), "iris.csv, line 3, column 2 (width): expected a number, found `x`");
    assert_eq!(of("1,,setosa"), "iris.csv, line 3, column 2 (width): expected a number, found ``");
    assert_eq!(of("1,NaN,setosa"), "iris.csv, line 3, column 2 (width): expected a finite number of f32, found `NaN`");
    assert_eq!(
        of("1,1e39,setosa"),
        "iris.csv, line 3, column 2 (width): expected a finite number of f32, found `1e39`"
    );
    assert_eq!(of("1,2,rose"), "iris.csv, line 3, column 3 (kind): expected one of setosa, versicolor, found `rose`");
    assert_eq!(of("1,2"), "iris.csv, line 3: expected 3 columns, found 2");
    assert_eq!(of("1,2,3,4"), "iris.csv, line 3: expected 3 columns, found 4");
    assert_eq!(message(flowers(head)), "iris.csv: expected a line for each sample, found none");
    assert_eq!(message(flowers("")), "iris.csv: expected a line for each sample, found none");

    let table = Csv::new().without_header().read("t.csv", "1,2,3\n".as_bytes()).unwrap();
    let wrong = message(table.targets::<f32, 4, 2>());
    assert_eq!(wrong, "t.csv: expected 4 columns of input and 2 of target, found 3 columns");
    let wrong = message(table.numbered_classes::<f32, 2, U3>());
    assert_eq!(wrong, "t.csv, line 1, column 3: expected a class, a whole number from 0 to 2, found `3`");
    let wrong = message(table.classes::<f32, 2, U3>(&LABELS));
    assert_eq!(wrong, "t.csv: expected a label for each of 3 classes, but 2 were given");
    let bytes = [b"a,b\n1,2\n1,".as_slice(), &[0xff, b'\n']].concat();
    assert_eq!(message(Csv::new().read("t.csv", &bytes[..])), "t.csv, line 3: expected UTF-8, found other bytes");
    let missing = message(Csv::new().open("no/such.csv"));
    assert!(missing.starts_with("no/such.csv: can't be read: No such file"), "{missing}");
}

/// What stands in a file, line by line: names, comments, quotes, and ends of lines.
#[test]
fn lines_of_tables() {
    let of = |settings: Csv, text: &str| settings.read("t.csv", text.as_bytes());
    let two = |settings: Csv, text: &str| of(settings, text).and_then(|table| table.targets::<f32, 1, 1>());
    // A header that begins with # is the header, and such rows are rows.
    let table = of(Csv::new(), "#a,b\n1,2\n").unwrap();
    assert_eq!((table.names(), table.len()), (&["#a".to_owned(), "b".to_owned()][..], 1));
    assert_eq!(of(Csv::new(), "a,b\n#1,2\n").unwrap().len(), 1);
    assert_eq!(two(Csv::new().comments(b'#'), "# head\na,b\n1,2\n# end").unwrap(), [([1.0], [2.0])]);
    // Lines are counted as an editor does, whatever ends them, and lines of spaces are none.
    let wrong = "a,b\r\n1,2\r\n   \r\n\r\n3,x\r\n";
    assert_eq!(message(two(Csv::new(), wrong)), "t.csv, line 5, column 2 (b): expected a number, found `x`");
    assert_eq!(two(Csv::new(), "a,b\r\n1,2\r\n  \r\n3,4").unwrap().len(), 2);
    // A carriage return alone ends a line too: no value after it is lost.
    assert_eq!(two(Csv::new(), "a,b\r1,2\r\r3,4\r").unwrap(), [([1.0], [2.0]), ([3.0], [4.0])]);
    assert_eq!(
        message(two(Csv::new(), "a,b\r1,2\rx,4\n")),
        "t.csv, line 3, column 1 (a): expected a number, found `x`"
    );
    // Quotes: of several lines, with a quote in it, in the middle of a value, and never closed.
    let table = of(Csv::new().without_header(), "\"a\nb\",1\n\"c\"\"d\",2\n5\" pipe,3\n").unwrap();
    assert_eq!(table.len(), 3);
    let open = "a,b\n1,2\n3,\"4\n5,6\n";
    assert_eq!(message(of(Csv::new(), open)), "t.csv, line 3: a quote is opened here and never closed");
    let long = "\"".to_owned() + &"1,2\n".repeat(1_000_000); // in linear time
    assert_eq!(message(of(Csv::new(), &long)), "t.csv, line 1: a quote is opened here and never closed");
    // Lines that are neither names nor samples.
    let wines = "178,3,class_0,class_1\n1.5,2.5,3.5,4.5,0\n1,2,3,4,1\n";
    let wrong =
        "t.csv, line 2: expected 4 columns, found 5; if the first line is neither names nor a sample, see `skip_lines`";
    assert_eq!(message(of(Csv::new(), wines)), wrong);
    let table = of(Csv::new().skip_lines(1).without_header(), wines).unwrap();
    assert_eq!(table.numbered_classes::<f32, 4, U2>().unwrap()[1].1.index(), 1);
    let first = "t.csv, line 1: expected names of columns, found what seems to be a sample: see `without_header`";
    for sample in ["5.1,3.5\n1,2\n", "0,5\n3,4\n", "5.1,setosa\n4.9,setosa\n", "p,x\nq,x\np,y\n"] {
        assert_eq!(message(of(Csv::new(), sample)), first, "{sample}");
    }
    assert_eq!(of(Csv::new(), "900.5,901,kind\n1,2,a\n").unwrap().names().len(), 3); // wavelengths
    assert_eq!(of(Csv::new(), "0,1\n5.1,3.5\n").unwrap().names().len(), 2); // names that some programs give
    // Other separators, and what is said where they are forgotten.
    assert_eq!(two(Csv::new().spaces(), "a   b\n 1\t2\n3     4 \n").unwrap(), [([1.0], [2.0]), ([3.0], [4.0])]);
    let forgotten = |text| message(two(Csv::new(), text));
    let expected = "t.csv: expected 1 columns of input and 1 of target, found 1 column; the first line has ";
    assert_eq!(forgotten("a;b\n1;2\n"), format!("{expected}semicolons: see `delimiter`"));
    assert_eq!(forgotten("a\tb\n1\t2\n"), format!("{expected}tabs: see `delimiter`"));
    assert_eq!(forgotten("a  b\n1  2\n"), format!("{expected}spaces: see `spaces`"));
    let wrong = message(of(Csv::new(), "a;b\n1;2\n").unwrap().number_column::<f32>("b"));
    assert_eq!(
        wrong,
        "t.csv: no column has the name `b`: there are a;b; the first line has semicolons: see `delimiter`"
    );
    let notes = "# by a, b\nx,y\n1,2\n";
    let comments = "; the first line begins with `#`: see `comments`";
    let found = format!("t.csv, line 2, column 1 (# by a): expected a number, found `x`{comments}");
    assert_eq!(message(two(Csv::new(), notes)), found);
    let found = format!("t.csv, line 2: expected 3 columns, found 2{comments}");
    assert_eq!(message(of(Csv::new(), &notes.replace("a, b", "a, b, c"))), found);
    assert_eq!(two(Csv::new().comments(b'#'), notes).unwrap(), [([1.0], [2.0])]);
    assert!(
        message(two(Csv::new(), "#x,y\n1,2\n3,b\n")).ends_with("line 3, column 2 (y): expected a number, found `b`")
    );
    let comma = Csv::new().delimiter(b';').decimal_comma();
    let classes = of(comma.clone(), "a;b\n3,25;1,0\n").unwrap().numbered_classes::<f32, 1, U2>().unwrap();
    assert_eq!(classes[0].1.index(), 1);
    assert_eq!(two(comma, "a;b\n3,25;-1,5e1\n").unwrap(), [([3.25], [-15.0])]);
}

/// Numbers are rounded once, and what is quoted of a file is short and has no control characters.
#[test]
fn values_of_tables() {
    let long = "1.00000017881393432617187499";
    let table = Csv::new().read("t.csv", format!("a,b\n{long},{long}\n").as_bytes()).unwrap();
    assert_eq!(table.targets::<f32, 1, 1>().unwrap(), [([1.000_000_1], [1.000_000_1])]);
    assert_eq!(table.targets::<f64, 1, 1>().unwrap()[0].0[0], 1.000_000_178_813_934_3);
    let table = Csv::new().read("t.csv", format!("a,b\n\u{1b}[31m{},2\n", "x".repeat(900)).as_bytes()).unwrap();
    let found = message(table.targets::<f32, 1, 1>());
    let quoted = format!("\\u{{1b}}[31m{}…", "x".repeat(35));
    assert_eq!(found, format!("t.csv, line 2, column 1 (a): expected a number, found `{quoted}`"));
    // Found by a fuzz target: a mark of UTF-8 that begins a line is a character like others.
    let marked = Csv::new().read("t.csv", "\u{feff}a,b\n\u{feff}c,1\n".as_bytes()).unwrap();
    assert_eq!((marked.names()[0].as_str(), marked.values("a").unwrap()), ("a", vec!["\u{feff}c"]));
    // And control characters.
    let control = b"\0x,y,class\n9,2,\x10\nAx0.5,1e3,2\n";
    let found = message(Csv::new().read("t\u{1b}[31m.csv", &control[..]).unwrap().classes::<f32, 2, U1>(&["\u{7f}"]));
    let expected = "t\\u{1b}[31m.csv, line 2, column 3 (class): expected one of \\u{7f}, found `\\u{10}`";
    assert_eq!(found, expected);
    let classes = |first, text: &str| {
        let table = Csv::new().read("t.csv", format!("a,b\n{text}\n").as_bytes()).unwrap();
        table.numbered_class_column::<U3>("b", first).map(|classes| classes[0].index())
    };
    assert_eq!((classes(0, "0,2.0"), classes(1, "0,3")), (Ok(2), Ok(2)));
    assert_eq!(
        message(classes(1, "0,0")),
        "t.csv, line 2, column 2 (b): expected a class, a whole number from 1 to 3, found `0`"
    );
    assert!(message(classes(0, "0,1.5")).ends_with("found `1.5`"));
}

#[test]
fn other_kinds_of_files_are_named() {
    let of = |bytes: &[u8]| message(Csv::new().read("t", bytes));
    assert_eq!(of(b"\xff\xfea\0,\0"), "t: expected text, found UTF-16: save it as UTF-8");
    assert_eq!(of(b"\xfe\xff\0a\0,"), "t: expected text, found UTF-16: save it as UTF-8");
    assert!(of(b"PK\x03\x04rest").starts_with("t: expected text, found a zip archive, such as .xlsx"));
    for text in [&b"a,b\r1,2\r\xff"[..], b"a,b\r\n1,2\r\n\xff", b"a,b\n1,2\n3\xff"] {
        assert_eq!(of(text), "t, line 3: expected UTF-8, found other bytes");
    }
    assert_eq!(of(b"BZh91AY"), "t: expected text, found what bzip2 packed: unpack it, or use gzip");
    assert!(of(b"\xfd7zXZ\0").contains("what xz packed") && of(b"\x28\xb5\x2f\xfd$").contains("what zstd packed"));
    assert!(of(b"\x93NUMPY\x01\0v\0").ends_with("found a NumPy array: write it with `numpy.savetxt`"));
    let tar = [&[b'a'; 100][..], &[0; 157], b"ustar  \0"].concat();
    assert_eq!(of(&tar), "t: expected text, found a tar archive: unpack it, and read the table in it");
    assert!(of(b"a\0,\0b\0\n\0").starts_with("t: expected text, found bytes of 0: if it is UTF-16"));
    let table = Csv::new().read("t", &b"\xef\xbb\xbfa,b\n1,2\n"[..]).unwrap();
    assert_eq!(table.names()[0], "a");

    let mut packed = GzEncoder::new(vec![], Compression::default());
    packed.write_all(b"a,b\n1,2\n").unwrap();
    assert_eq!(Csv::new().read("t", &packed.finish().unwrap()[..]).unwrap().len(), 1);
    let mut bomb = GzEncoder::new(vec![], Compression::default());
    bomb.write_all(&vec![b'1'; 1 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    let expected = "t: gzip unpacks it to more than 1000 bytes: see `limit`";
    assert_eq!(message(Csv::new().limit(1000).read("t", &bomb[..])), expected);
    assert_eq!(message(Idx::read_limited("t", &bomb[..], 1000)), expected);
}

/// Widths whose product is beyond memory, beside one that is 0.
#[test]
fn idx_widths_that_overflow() {
    let empty = read(&idx(8, &[0, u32::MAX, u32::MAX, u32::MAX], &[])).unwrap();
    assert!(message(empty.rows::<f32, 4>(1.0)).contains("found 4294967295×4294967295×4294967295 = "));
    assert!(message(empty.classes::<U3>()).starts_with("images: expected one label a sample, found "));
    let found = [0, 0, 0x0e, 5, 0, 0, 0, 0, 0, 0, 0, 0x18, 0xfa, 0xff, 0, 0, 0, 0x30, 0, 0x30, 0x1d, 0x30, 0x30, 0x30];
    let _ = read(&found).map(|images| images.rows::<f32, 3>(1.0).is_err());
}

fn idx(kind: u8, widths: &[u32], numbers: &[u8]) -> Vec<u8> {
    let widths = widths.iter().flat_map(|width| width.to_be_bytes());
    [0, 0, kind, (widths.clone().count() / 4) as u8].into_iter().chain(widths).chain(numbers.iter().copied()).collect()
}

fn read(bytes: &[u8]) -> Result<Idx, DataError> {
    Idx::read("images", bytes)
}

#[test]
fn idx_files() {
    let plain = idx(8, &[2, 2, 2], &[0, 1, 2, 3, 4, 5, 6, 255]);
    let mut packed = GzEncoder::new(vec![], Compression::default());
    packed.write_all(&plain).unwrap();
    for bytes in [&plain, &packed.finish().unwrap()] {
        let images = read(bytes).unwrap();
        assert_eq!(images.widths(), [2, 2, 2]);
        assert_eq!(images.rows::<f32, 4>(2.0).unwrap(), [[0.0, 2.0, 4.0, 6.0], [8.0, 10.0, 12.0, 510.0]]);
    }
    let labels = read(&idx(8, &[3], &[0, 9, 3])).unwrap().classes::<U10>().unwrap();
    assert_eq!(labels.iter().map(|class| class.index()).collect::<Vec<_>>(), [0, 9, 3]);

    let numbers = |kind, bytes: &[u8]| read(&idx(kind, &[1, 1], bytes)).unwrap().rows::<f64, 1>(1.0).unwrap()[0][0];
    assert_eq!(numbers(0x09, &[0xff]), -1.0);
    assert_eq!(numbers(0x0b, &[0xff, 0xfe]), -2.0);
    assert_eq!(numbers(0x0c, &[0xff, 0xff, 0xff, 0xfd]), -3.0);
    assert_eq!(numbers(0x0d, &1.5_f32.to_be_bytes()), 1.5);
    assert_eq!(numbers(0x0e, &(-0.1_f64).to_be_bytes()), -0.1);
}

#[test]
fn idx_files_that_are_wrong() {
    let wrong = |bytes: &[u8]| message(read(bytes));
    assert_eq!(wrong(b"<html>"), "images: not an IDX file: expected it to begin with 00 00, found 3c 68");
    assert_eq!(wrong(&[0, 0, 8]), "images: cut short: expected 4 bytes, found 3");
    assert_eq!(wrong(&[0, 0, 8, 2, 0, 0, 0, 1]), "images: cut short: expected 12 bytes, found 8");
    assert_eq!(
        wrong(&[0, 0, 7, 1, 0, 0, 0, 0]),
        "images: expected a type of number, one of 08, 09, 0b, 0c, 0d and 0e, in byte 3, found 07",
    );
    assert_eq!(wrong(&idx(8, &[2, 3], &[1; 5])), "images: cut short: expected 18 bytes, found 17");
    assert_eq!(wrong(&idx(8, &[2, 3], &[1; 7])), "images: too long: expected 18 bytes, found 19");
    let huge = wrong(&idx(8, &[u32::MAX; 3], &[]));
    assert!(huge.starts_with("images: cut short: expected 18446744073709551615 bytes"), "{huge}");
    assert!(wrong(&[0x1f, 0x8b, 0, 0]).starts_with("images: gzip can't unpack it: "));

    let images = read(&idx(8, &[2, 1, 2], &[1; 4])).unwrap();
    assert_eq!(message(images.rows::<f32, 3>(1.0)), "images: expected samples of 3 values, found 1×2 = 2");
    assert_eq!(message(images.classes::<U10>()), "images: expected one label a sample, found 2");
    let flat = read(&idx(8, &[2, 2], &[1; 4])).unwrap();
    assert_eq!(message(flat.rows::<f32, 3>(1.0)), "images: expected samples of 3 values, found 2");
    let nan = read(&idx(0x0d, &[1, 1], &f32::NAN.to_be_bytes())).unwrap();
    assert_eq!(message(nan.rows::<f32, 1>(1.0)), "images: sample 0: expected a finite number, found NaN in place 0");
    assert_eq!(message(nan.classes::<U3>()), "images: sample 0: expected a class from 0 to 2, found NaN");
    assert_eq!(nan.classes::<U3>().unwrap_err().place(), Some(0));
    let half = read(&idx(0x0d, &[1], &0.5_f32.to_be_bytes())).unwrap();
    assert_eq!(message(half.classes::<U3>()), "images: sample 0: expected a class from 0 to 2, found 0.5");
}
