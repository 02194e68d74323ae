//! The page: text, tables and SVG, nothing from elsewhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use nanoprop_host::observe::{Panel, confusion_of, panels, predictions};

use super::judgement::Judgement;
use super::read::{Footprint, Left};
use crate::error::Error;

/// No script, no font and no picture can come from outside, or be in a name of the table.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = "\
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem }
table { border-collapse: collapse } th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child { text-align: left } svg { max-width: 100%; height: auto }
pre { overflow-x: auto; background: #f6f6f6; padding: 1rem } code { font-size: 1rem }";

pub(super) fn page(left: &Left) -> Result<String, Error> {
    let Left { target, facts, epochs, judgement } = left;
    let plot = |svg: Result<String, Box<dyn std::error::Error>>| {
        svg.map(PreEscaped).map_err(|error| Error::new(format!("no picture: {error}")))
    };
    let curve = plot(panels("", &[Panel { title: "", unit: "mean loss", epochs }]))?;
    let [learn, choose, judge] = facts.rows;
    let heading = format!("{target}: a network trained by nanoprop");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width";
                title { (heading) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (heading) }
                p { strong { (judgement.sentence()) } }
                p { (learn) " rows to learn from, " (choose) " to choose by, " (judge) " to judge by" }
                p { "The training ended: " (facts.end) }
                h2 { "Learning curve" }
                (curve)
                (judged(judgement, target, plot)?)
                h2 { "Memory" }
                (memory(&facts.footprint))
                h2 { "Network" }
                p {
                    (facts.parameters) " parameters; fingerprint " code { (facts.fingerprint) }
                    ", digest of the weights " code { (facts.digest) }
                }
                pre { (facts.plan) }
            }
        }
    };
    Ok(page.into_string())
}

/// A confusion matrix, or predictions beside targets.
fn judged(
    judgement: &Judgement,
    target: &str,
    plot: impl Fn(Result<String, Box<dyn std::error::Error>>) -> Result<PreEscaped<String>, Error>,
) -> Result<Markup, Error> {
    Ok(match judgement {
        Judgement::Classes { names, confusion, scores, .. } => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            html! {
                h2 { "Rows held out" }
                @if !confusion.is_empty() { (plot(confusion_of(confusion, &names, ""))?) }
                table {
                    tr { th { "class" } th { "rows" } th { "precision" } th { "recall" } }
                    @for score in scores {
                        tr {
                            td { (score.class) } td { (score.rows) }
                            td { (format!("{:.3}", score.precision)) } td { (format!("{:.3}", score.recall)) }
                        }
                    }
                }
            }
        }
        Judgement::Numbers { pairs, mean_absolute_error, .. } => html! {
            h2 { "Rows held out" }
            (plot(predictions(pairs, target, ""))?)
            p { "Mean absolute error " (format!("{mean_absolute_error:.4}")) }
        },
    })
}

fn memory(footprint: &[Footprint]) -> Markup {
    html! {
        table {
            tr { th { "bytes of RAM" } th { "weights" } th { "gradient" } th { "tape" } th { "optimizer" } th { "total" } }
            @for way in footprint {
                tr {
                    td { (way.way) } td { (way.weights) } td { (way.gradient) } td { (way.tape) } td { (way.optimizer) }
                    td { (way.total()) }
                }
            }
        }
        p { "For inference, the weights can stay in flash." }
    }
}
