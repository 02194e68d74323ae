//! Guesses of what the columns of a table are, and their text.
#![cfg(feature = "spec")]

use std::fs;
use std::path::PathBuf;

use nanoprop_host::data::{Guess, Kind, Missing, TableSpec};

/// A file of its own for each test.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("nanoprop-spec-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

/// Rows of a table of homes, in which each kind of column is.
fn homes() -> String {
    let mut text = String::from("id,price,rooms,city,heated,address,floor,country\n");
    for row in 0..60 {
        let city = ["Oslo", "Rome", "Lima"][row % 3];
        let rooms = if row == 7 { "NA".to_owned() } else { (row % 5 + 1).to_string() };
        let heated = ["yes", "no", "?", "yes"][row % 4];
        let price = 100 + row * 13 % 59;
        let floor = if row % 10 == 0 { "" } else { "2.5" };
        text += &format!("{},{price},{rooms},{city},{heated},Road {row},{floor},Elsewhere\n", row + 1);
    }
    text
}

#[test]
fn kinds_are_found() {
    let path = file("homes.csv", &homes());
    let spec = TableSpec::guess(&path, "price", Guess::Auto).unwrap();
    assert_eq!(spec.target.classes, None);
    assert_eq!(spec.missing, ["?", "NA"]);
    let kinds: Vec<_> = spec.columns.iter().map(|c| (c.name.as_str(), c.kind, c.missing, c.note.as_str())).collect();
    assert_eq!(
        kinds,
        [
            ("id", Kind::Ignore, Missing::Refuse, "counts the rows"),
            ("rooms", Kind::Number, Missing::Mean, "missing in 1 of 60 rows"),
            ("city", Kind::Category, Missing::Refuse, ""),
            ("heated", Kind::Category, Missing::Indicator, "missing in 15 of 60 rows"),
            ("address", Kind::Ignore, Missing::Refuse, "text: 60 different values in 60 rows"),
            ("floor", Kind::Number, Missing::Indicator, "missing in 6 of 60 rows"),
            ("country", Kind::Ignore, Missing::Refuse, "the same in all rows"),
        ]
    );
    let inputs = [
        "rooms",
        "city = Lima",
        "city = Oslo",
        "city = Rome",
        "heated = no",
        "heated = yes",
        "heated is missing",
        "floor",
        "floor is missing",
    ];
    assert_eq!(spec.inputs(), inputs);
    let table = spec.table(path.parent().unwrap()).unwrap();
    let parts = spec.parts(&table).unwrap();
    assert_eq!([parts.train.len(), parts.validation.len(), parts.test.len()], [39, 9, 12]);
    let mut columns = spec.encoding();
    columns.learn(&table, &parts.train).unwrap();
    let rows = columns.rows::<f32, 9>(&table).unwrap();
    assert_eq!(rows[1], [2.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 2.5, 0.0]);
    assert_eq!(rows[10], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 2.5, 1.0]);

    // What is written is what is read, with whatever names.
    let mut odd = spec.clone();
    odd.columns[0].name = "a \"b\" \\ \t # [c]".into();
    odd.columns.iter_mut().for_each(|column| column.note.clear());
    odd.comments = Some('#');
    odd.missing.push("\u{7}\"".into());
    assert_eq!(odd.to_string().parse::<TableSpec>().unwrap(), odd);
}

#[test]
fn targets_are_numbers_or_classes() {
    let path = file("targets.csv", &homes());
    let classes = |target: &str, task| TableSpec::guess(&path, target, task).map(|spec| spec.target.classes);
    let owned = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
    assert_eq!(classes("city", Guess::Auto), Ok(owned(&["Lima", "Oslo", "Rome"])));
    assert_eq!(classes("price", Guess::Numbers), Ok(None));
    let message = |target, task| classes(target, task).unwrap_err().to_string();
    let ends = |target, task, end: &str| {
        let message = message(target, task);
        assert!(message.ends_with(end), "{message}");
    };
    ends(
        "rooms",
        Guess::Auto,
        "line 9, column 3 (rooms): the target is missing, here and in 0 other rows: leave them out",
    );
    ends(
        "price",
        Guess::Classes,
        "the target `price` has 59 different values; classes are at most 32, each in 3 rows at least",
    );
    ends("city", Guess::Numbers, "the target `city` has values that are no numbers");
    ends("country", Guess::Auto, "the target `country` is the same in all rows");
    ends("garden", Guess::Auto, "there are id, price, rooms, city, heated, address,…");

    // A few whole numbers are classes, in their order.
    let digits: String = (0..40).map(|row| format!("{}.5,{}\n", row % 7, [10, 9, 2, 1][row % 4])).collect();
    let path = file("digits.csv", &format!("x,digit\n{digits}"));
    let spec = TableSpec::guess(&path, "digit", Guess::Auto).unwrap();
    assert_eq!(spec.target.classes, owned(&["1", "2", "9", "10"]));
    assert_eq!(TableSpec::guess(&path, "digit", Guess::Numbers).unwrap().target.classes, None);
}

#[test]
fn separators_and_commas_are_found() {
    let rows: String =
        (0..30).map(|row| format!("{},{};{};{}\n", row, row % 9, row * 7 % 10, ["a", "b"][row % 2])).collect();
    let path = file("commas.csv", &format!("# measured\nlength;width;kind\n{rows}"));
    let spec = TableSpec::guess(&path, "kind", Guess::Auto).unwrap();
    assert_eq!((spec.separator, spec.decimal_comma, spec.comments), (';', true, Some('#')));
    assert_eq!(spec.inputs(), ["length", "width"]);
}

#[test]
fn wrong_specs_are_refused() {
    let good = "file = 'a.csv'\ntarget = { column = 'y' }\nsplit = { validation = 0.1, test = 0.1, seed = 1 }\n";
    let wrong = |text: &str| TableSpec::parse("table.toml", &format!("{good}{text}")).unwrap_err().to_string();
    assert_eq!(
        wrong("[[column]]\nname = 'a'\nkind = 'numbers'\n"),
        "table.toml, line 6: unknown variant `numbers`, expected one of `number`, `category`, `ignore`"
    );
    assert!(
        wrong("[[column]]\nname = 'a'\nkind = 'number'\ncolour = 1\n")
            .starts_with("table.toml, line 7: unknown field `colour`")
    );
    assert_eq!(wrong(""), "table.toml, line 1: missing field `column`");
    let column = |name: &str, rest: &str| format!("[[column]]\nname = '{name}'\n{rest}\n");
    assert_eq!(
        wrong(&column("y", "kind = 'number'")),
        "table.toml: the column `y` is the target, and can't be an input too"
    );
    assert_eq!(wrong(&column("a", "kind = 'category'")), "table.toml: the category `a` has no `values`");
    let twice = column("a", "kind = 'number'").repeat(2);
    assert_eq!(wrong(&twice), "table.toml: the column `a` is there twice");
    assert_eq!(
        wrong(&column("a", "kind = 'category'\nvalues = ['b']\nmissing = 'mean'")),
        "table.toml: the category `a` has no mean"
    );
}
