//! Columns by name, and scaled targets.

use nanoprop::prelude::*;
use nanoprop_host::data::{Columns, Csv, DataError, Missing, Scaling};

fn message<T>(result: Result<T, DataError>) -> String {
    result.err().expect("an error").to_string()
}

/// Columns by name in any order, categories, missing values, and the text that keeps them.
#[test]
fn columns_by_name() {
    let text = "id,city,price,rooms,kind\n1,Rome,9,3,a\n2,Oslo,7,?,b\n3,,8,5,a\n4,Oslo,6,7,\n";
    let table = Csv::new().read("homes.csv", text.as_bytes()).unwrap();
    let rooms = |missing| {
        let mut columns = Columns::new().missing("?").number_or("rooms", missing);
        columns.learn(&table, &[0, 1, 2, 3]).map(|()| columns)
    };
    let one = |missing| rooms(missing).unwrap().rows::<f32, 1>(&table).map(|rows| rows[1][0]);
    assert_eq!(one(Missing::Mean), Ok(5.0));
    assert_eq!(one(Missing::MostFrequent), Ok(3.0)); // all as frequent: the least
    assert_eq!(
        rooms(Missing::Indicator).unwrap().rows::<f32, 2>(&table).unwrap(),
        [[3.0, 0.0], [5.0, 1.0], [5.0, 0.0], [7.0, 0.0]]
    );
    let refused = "homes.csv, line 3, column 4 (rooms): the value is missing: see `Missing` for what may stand for it";
    assert_eq!(message(one(Missing::Refuse)), refused);

    let mut columns =
        Columns::new().categories_or("city", Missing::MostFrequent).category("kind", &["b", "a"]).number("price");
    columns.learn(&table, &[0, 1, 3]).unwrap();
    assert_eq!(columns.width(), 5);
    let wrong = message(columns.rows::<f32, 5>(&table));
    assert_eq!(
        wrong,
        "homes.csv, line 5, column 5 (kind): the value is missing: see `Missing` for what may stand for it"
    );
    let mut columns =
        Columns::new().categories_or("city", Missing::MostFrequent).categories_or("kind", Missing::Indicator);
    columns.learn(&table, &[0, 1, 2, 3]).unwrap();
    let rows = columns.rows::<f32, 5>(&table).unwrap();
    assert_eq!(rows[2], [1.0, 0.0, 1.0, 0.0, 0.0]); // no city: Oslo
    assert_eq!(rows[3], [1.0, 0.0, 0.0, 0.0, 1.0]); // no kind
    assert_eq!(columns.to_string().parse::<Columns>().unwrap(), columns);
    assert_eq!(table.values("kind").unwrap(), ["", "a", "b"]);

    // What was not seen, and what is not there.
    let mut columns = Columns::new().categories("city");
    columns.learn(&table, &[0]).unwrap();
    assert!(message(columns.rows::<f32, 1>(&table)).ends_with("expected one of Rome, found `Oslo`"));
    assert_eq!(message(columns.rows::<f32, 2>(&table)), "homes.csv: the columns are 1 inputs, but 2 were asked for");
    let wrong = message(Columns::new().number("area").rows::<f32, 1>(&table));
    assert_eq!(wrong, "homes.csv: no column has the name `area`: there are id, city, price, rooms, kind");
    let odd = Columns::new().missing("a b").category("\"x\" = y", &["", "\\n", "tab\there", "é"]);
    assert_eq!(odd.to_string().parse::<Columns>().unwrap(), odd);
    // The sign in front of what stands for a missing value is a value too.
    let signs = "a\n=\nb\n=\n\n";
    let table = Csv::new().read("t", format!("k,n\n{}", signs.replace('\n', ",1\n")).as_bytes()).unwrap();
    let mut columns = Columns::new().categories_or("k", Missing::MostFrequent);
    columns.learn(&table, &[0, 1, 2, 3, 4]).unwrap();
    let kept = columns.to_string().parse::<Columns>().unwrap();
    assert_eq!(kept, columns);
    assert_eq!(kept.rows::<f32, 3>(&table).unwrap()[4], [1.0, 0.0, 0.0]); // =, a, b
    // What can't be learned is said before anything is read.
    let learn = |mut columns: Columns, rows: &[usize]| message(columns.learn(&table, rows));
    let mean = Columns::new().categories_or("k", Missing::Mean);
    assert_eq!(learn(mean, &[0]), "t: `k` is a category, which has no mean: see `Missing`");
    let given = Columns::new().category_or("k", &["a", "b"], Missing::Indicator);
    assert_eq!(
        given.rows::<f32, 3>(&table).map(|_| ()).map_err(|e| e.to_string()),
        Err("t, line 3, column 1 (k): expected one of a, b, found `=`".to_owned())
    );
    assert_eq!(learn(given, &[0, 1]), "t, line 3, column 1 (k): expected one of a, b, found `=`");
    assert_eq!(learn(Columns::new().number("n"), &[0, 5]), "t: there is no row 5: the rows are 0 to 4");
    assert_eq!(learn(Columns::new().number_or("k", Missing::Mean), &[4]), "t: all values of `k` are missing");
    for wrong in [
        "number",
        "number a",
        "number a often",
        "number a mean x",
        "letters a mean",
        "category \"a",
        "number a mean 1 2",
        "missing a b",
        "category a refuse b = b c",
    ] {
        assert!(
            message(wrong.parse::<Columns>()).starts_with("columns, line 1: expected `missing`, `number`"),
            "{wrong}"
        );
    }
}

/// Numbers at the ends of their range, and a class that is numbered beyond what f64 counts one by one.
#[test]
fn columns_of_extremes() {
    let table = |text: &str| Csv::new().read("t.csv", text.as_bytes()).unwrap();
    let largest = f64::MAX;
    let huge = table(&format!("a,b\n{largest},1\n{largest},1\n{largest},1\n,1\n"));
    let mut columns = Columns::new().number_or("a", Missing::Mean);
    columns.learn(&huge, &[0, 1, 2]).unwrap();
    assert_eq!(columns.rows::<f64, 1>(&huge).unwrap()[3], [largest]);
    // What stands for a missing value is a number of the scalar too.
    let missing = table("a,b\n,1\n");
    let wrong = "t.csv, line 2, column 1 (a): expected a finite number of f32, found `1.7976931348623157e308`";
    assert_eq!(message(columns.rows::<f32, 1>(&missing)), wrong);
    assert_eq!(Scaling::of(&[[largest], [largest], [largest]]).unscale(&[0.0]), [largest]);
    // As frequent: the least; −0 and 0 are one number.
    let signs = table("a,b\n0,1\n3,1\n-0,1\n3,1\n,1\n");
    let mut columns = Columns::new().number_or("a", Missing::MostFrequent);
    columns.learn(&signs, &[0, 1, 2, 3]).unwrap();
    assert_eq!(columns.rows::<f32, 1>(&signs).unwrap()[4], [0.0]);
    // Columns that can't learn are as they were.
    let mut columns = Columns::new().number_or("b", Missing::Mean).number("c");
    let before = columns.clone();
    let unknown = "t.csv: no column has the name `c`: there are a, b";
    assert_eq!((message(columns.learn(&signs, &[0])), &columns), (unknown.to_owned(), &before));
    let classes = table("a,b\n1,9007199254740992\n").numbered_class_column::<U3>("b", (1 << 53) + 1);
    let wrong = "expected a class, a whole number from 9007199254740993 to 9007199254740995, found `9007199254740992`";
    assert!(message(classes).ends_with(wrong));
}

/// By hand: the mean of 1, 3, 5 is 3, the deviation √(8/3).
#[test]
fn scaled_targets() {
    let scaling = Scaling::of(&[[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]]);
    let deviation = (8.0_f64 / 3.0).sqrt();
    let [first, second] = scaling.scale(&[5.0, 9.0]);
    assert!((first - 2.0 / deviation).abs() < 1e-15 && second == 2.0); // of equal targets σ is 1
    assert_eq!(scaling.unscale(&scaling.scale(&[5.0, 9.0])), [5.0, 9.0]);
    assert_eq!(scaling.to_string().parse::<Scaling<2>>().unwrap(), scaling);
    let huge = Scaling::of(&[[f64::MAX], [-f64::MAX]]);
    assert_eq!(huge.scale(&[f64::MAX]), [1.0]);
    assert_eq!(
        message("1 2".parse::<Scaling<2>>()),
        "scaling, line 1: expected 2 lines of a mean and a deviation, found 1"
    );
    assert_eq!(message("1 0".parse::<Scaling<1>>()), "scaling, line 1: expected a mean and a deviation, found `1 0`");
}
