//! Reports, of what a training would leave; `tests/five` makes one of a training.

use std::fs;
use std::path::Path;

use super::{folder, json, refused, said};

const FACTS: &str = "end = 'all epochs are done: epoch 2'\nrows = [6, 2, 4]\nparameters = 3\nfingerprint = '00ff'\n\
                     digest = 'abcd'\nplan = '''\n 1  Dense <relu>\n'''\n[[footprint]]\nway = 'online'\nweights = 12\n\
                     gradient = 0\ntape = 8\noptimizer = 0\n";

/// A project of which only what the report reads is there.
fn project(folder: &Path, table: &str, held_out: &str) {
    fs::create_dir_all(folder.join("net/report")).unwrap();
    let put = |file: &str, text: &str| fs::write(folder.join("net").join(file), text).unwrap();
    put("table.toml", table);
    put("report/facts.toml", FACTS);
    put("report/log.csv", "epoch,steps,loss,validation,best,rollbacks\n1,1,0.75,,0.5,0\n2,2,0.25,,0.5,0\n");
    put("report/held_out.csv", held_out);
}

const SPLIT: &str = "split = { validation = 0.2, test = 0.2, seed = 1 }\n[[column]]\nname = 'x'\nkind = 'number'\n";

#[test]
fn classes_have_a_confusion_matrix() {
    let folder = folder();
    let folder = folder.path();
    let target = "file = 't.csv'\ntarget = { column = 'kind', classes = ['<script>alert(1)</script>', 'b&b'] }\n";
    let table = format!("{target}{SPLIT}");
    project(folder, &table, "target,predicted\n0,0\n0,1\n1,1\n1,1\n");
    let text = said(folder, "report net");
    assert_eq!(text, "3 of 4 rows held out are classified correctly, 75.0 %\nwrote net/report/report.html\n");
    let page = fs::read_to_string(folder.join("net/report/report.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), 2);
    for part in [
        "<strong>3 of 4 rows held out are classified correctly, 75.0 %</strong>",
        "fingerprint <code>00ff</code>",
        "1  Dense &lt;relu&gt;",
        "<td>online</td><td>12</td><td>0</td><td>8</td><td>0</td><td>20</td>",
        "<td>b&amp;b</td><td>2</td><td>0.667</td><td>1.000</td>",
        "75.00 % of 4 right",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Nothing of elsewhere, and no name that is more than text.
    let addresses = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!addresses.contains("http:") && !addresses.contains("https:") && !page.contains("<script"), "{page}");
    assert!(page.contains("default-src 'none'") && !page.contains("<link") && !page.contains("url("));

    let facts = json(folder, "report net --json --out page.html");
    assert_eq!(facts["judgement"]["confusion"], serde_json::json!([[1, 1], [0, 2]]));
    assert_eq!((&facts["epochs"], &facts["judgement"]["accuracy"]), (&2.into(), &0.75.into()));
    refused(folder, "report net --out page.html", 1, "page.html: it is there already: --force replaces it");

    project(folder, &table, "target,predicted\n0,2\n");
    refused(folder, "report net", 1, "held_out.csv: 2 is the number of no class: table.toml has 2");
    fs::write(folder.join("net/report/facts.toml"), FACTS.replace("rows = [6, 2, 4]", "rows = [6, -2, 4]")).unwrap();
    refused(folder, "report net", 1, "net/report/facts.toml: ");
    fs::remove_file(folder.join("net/report/log.csv")).unwrap();
    refused(folder, "report none", 1, "none/table.toml: not there: expected a folder that `nanoprop new` made");
}

#[test]
fn numbers_stand_beside_their_targets() {
    let folder = folder();
    let folder = folder.path();
    let table = format!("file = 't.csv'\ntarget = {{ column = 'price' }}\n{SPLIT}");
    project(folder, &table, "target,predicted\n3.0,2.5\n-0.5,0.0\n2.0,2.0\n7.0,8.0\n");
    let text = said(folder, "report net --out page.html");
    // sklearn.metrics.r2_score
    assert_eq!(text, "4 rows held out: root of the mean squared error 0.6124, R² 0.949\nwrote page.html\n");
    let page = fs::read_to_string(folder.join("page.html")).unwrap();
    // Two epochs of one curve, and a point for each row.
    assert_eq!((page.matches("<svg").count(), page.matches("<circle").count()), (2, 2 + 4));
    // Targets to the right, predictions up: as far apart as the numbers are, on one scale.
    let place = |circle: &str, key: &str| -> f64 {
        circle.split(&format!("{key}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
    };
    let points: Vec<[f64; 2]> =
        page.split("<circle").skip(3).map(|circle| [place(circle, "cx"), place(circle, "cy")]).collect();
    let rows = [[3.0, 2.5], [-0.5, 0.0], [2.0, 2.0], [7.0, 8.0]];
    let scales = [0, 1].map(|axis: usize| (points[3][axis] - points[1][axis]) / (rows[3][axis] - rows[1][axis]));
    assert!(scales[0] > 20.0 && scales[1] < -20.0, "{scales:?}");
    for (point, row) in points.iter().zip(rows) {
        for axis in 0..2 {
            let expected = points[1][axis] + scales[axis] * (row[axis] - rows[1][axis]);
            assert!((point[axis] - expected).abs() <= 1.0, "{points:?}");
        }
    }
    assert!(page.contains("Mean absolute error 0.5000") && page.contains("\nprice\n"), "{page}");
}
