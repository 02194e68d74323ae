use std::fmt;

use crate::model::Loss;

/// What an ONNX file became, layer by layer.
///
/// Displayed as a table, with notes and the largest difference below it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The layers, with those of a `Residual` in its place.
    pub layers: Vec<Row>,
    /// The loss, whose link the last nodes are.
    pub loss: Loss,
    /// The nodes of that link.
    pub link: Vec<String>,
    /// Of each number of nanoprop's input, its place in the file's input; the same order if both are.
    pub input_order: Vec<usize>,
    /// Of each number of nanoprop's prediction, its place in the file's output.
    pub output_order: Vec<usize>,
    /// What else there is to know: lower case, no full stop.
    pub notes: Vec<String>,
    /// The largest difference between nanoprop's predictions and the file's own, of outputs greater than 1 as a share.
    pub difference: f64,
    /// The same of the model in `f64`, which is what the layers differ by, without rounding.
    pub difference_f64: f64,
    /// For how many inputs they were compared.
    pub inputs: usize,
}

/// A layer of a [`Report`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The word of `network!`, with its activation.
    pub layer: String,
    /// Within how many residuals it is.
    pub depth: usize,
    /// What it reads.
    pub reads: Vec<usize>,
    /// What it writes.
    pub writes: Vec<usize>,
    /// How many parameters it has.
    pub parameters: usize,
    /// The nodes that it comes from.
    pub nodes: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = |row: &Row| {
            let layer = format!("{}{}", "  ".repeat(row.depth), row.layer);
            [layer, show(&row.reads), show(&row.writes), row.parameters.to_string(), row.nodes.join(", ")]
        };
        let head = ["layer", "reads", "writes", "parameters", "nodes"].map(str::to_owned);
        let rows: Vec<[String; 5]> = [head].into_iter().chain(self.layers.iter().map(cells)).collect();
        let width = |k: usize| rows.iter().filter_map(|row| row.get(k)).map(|cell| cell.chars().count()).max();
        let [a, b, c, d] = [0, 1, 2, 3].map(|k| width(k).unwrap_or(0));
        for [layer, reads, writes, parameters, nodes] in &rows {
            let line = format!("{layer:a$}  {reads:>b$}  {writes:>c$}  {parameters:>d$}  {nodes}");
            writeln!(f, "{}", line.trim_end())?;
        }
        let total: usize = self.layers.iter().map(|row| row.parameters).sum();
        let link = self.link.join(", ");
        let link = if link.is_empty() { link } else { format!(" ({link})") };
        writeln!(f, "loss {}{link}, {total} parameters", self.loss.word())?;
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        let (difference, exact) = (self.difference, self.difference_f64);
        let inputs = self.inputs;
        write!(f, "largest difference from the file, for {inputs} inputs: {difference:.1e}, {exact:.1e} in f64")
    }
}

/// `8×12`, of widths.
fn show(widths: &[usize]) -> String {
    widths.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}
