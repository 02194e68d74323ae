use crate::model::{Activation, Kind, Layer, Model, Padding, Reset, Scalar, Windows};

impl Model {
    /// The spec that nanoprop-build makes the network's type of: everything but the weights.
    ///
    /// A `label` is not in it. A chain of more than sixteen layers has a spec that nanoprop-build refuses.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::{Activation, Kind, Model};
    ///
    /// let mut model = Model::new("Net", &[3])?;
    /// model.push(Kind::Dense { units: 2, activation: Activation::Tanh, bias: true })?;
    /// let spec = "name = \"Net\"\nloss = \"SquaredError\"\n\n[[layer]]\nkind = \"Dense\"\nreads = 3\nwrites = 2\nactivation = \"Tanh\"\n";
    /// assert_eq!(model.to_toml(), spec);
    /// # Ok::<(), nanoprop_exchange::Misfit>(())
    /// ```
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = format!("name = {}\n", quoted(&self.name));
        if !self.doc.is_empty() {
            text += &format!("doc = {}\n", quoted(&self.doc));
        }
        text += &format!("loss = \"{}\"\n", self.loss.word());
        if self.scalar != Scalar::F32 {
            text += &format!("scalar = \"{}\"\n", self.scalar.word());
        }
        self.layers().iter().for_each(|layer| table(layer, "layer", &mut text));
        text
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            c if c.is_control() => quoted += &format!("\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// `[[layer]]`, or `[[layer.layer]]` of one within.
fn table(layer: &Layer, path: &str, text: &mut String) {
    match layer.kind() {
        Kind::Residual(_) => {
            *text += &format!("\n[[{path}]]\nkind = \"Residual\"\n");
            layer.within().iter().for_each(|layer| table(layer, &format!("{path}.layer"), text));
        }
        Kind::Bidirectional(half) => {
            *text += &format!("\n[[{path}]]\nkind = \"Bidirectional\"\n");
            let mut writes = layer.writes().to_vec();
            writes.last_mut().into_iter().for_each(|width| *width /= 2);
            one(half, layer.reads(), &writes, &format!("{path}.layer"), text);
        }
        kind => one(kind, layer.reads(), layer.writes(), path, text),
    }
}

fn one(kind: &Kind, reads: &[usize], writes: &[usize], path: &str, text: &mut String) {
    let widths = |widths: &[usize]| match widths {
        [width] => width.to_string(),
        widths => format!("{widths:?}"),
    };
    let (word, reads_text) = (kind.word(reads), widths(reads));
    *text += &format!("\n[[{path}]]\nkind = \"{word}\"\nreads = {reads_text}\nwrites = {}\n", widths(writes));
    let activation =
        |activation: Activation, default| (activation != default).then(|| format!("\"{}\"", activation.word()));
    let emit = |all: bool| all.then(|| "\"All\"".to_owned());
    let bias = |bias: bool| (!bias).then(|| "false".to_owned());
    let mut option = |name: &str, value: Option<String>| {
        *text += &value.map_or(String::new(), |value| format!("{name} = {value}\n"))
    };
    match kind {
        Kind::Dense { activation: a, bias: b, .. } => {
            option("activation", activation(*a, Activation::Identity));
            option("bias", bias(*b));
        }
        Kind::Elman { activation: a, all, .. } => {
            option("activation", activation(*a, Activation::Tanh));
            option("emit", emit(*all));
        }
        Kind::Lstm { all, .. } => option("emit", emit(*all)),
        Kind::Gru { all, reset, .. } => {
            option("emit", emit(*all));
            option("reset", (*reset == Reset::Before).then(|| "\"ResetBefore\"".to_owned()));
        }
        Kind::Conv { windows, activation: a, bias: b, .. }
        | Kind::ConvTranspose { windows, activation: a, bias: b, .. }
        | Kind::DepthwiseConv { windows, activation: a, bias: b } => {
            over(windows, reads, 1, &mut option);
            option("activation", activation(*a, Activation::Identity));
            option("bias", bias(*b));
        }
        Kind::MaxPool(windows) | Kind::AvgPool(windows) => over(windows, reads, windows.size[1], &mut option),
        Kind::Embedding { classes, wide, .. } => {
            option("classes", Some(classes.to_string()));
            option("numbers", wide.then(|| "\"u16\"".to_owned()));
        }
        Kind::GroupNorm { groups } if word == "GroupNorm" => option("groups", Some(groups.to_string())),
        Kind::Dropout { percent } => option("percent", Some(percent.to_string())),
        _ => {}
    }
}

/// The keys of windows, with the stride that is meant where it is left out.
fn over(windows: &Windows, reads: &[usize], default: usize, option: &mut impl FnMut(&str, Option<String>)) {
    let [rows, columns] = windows.size;
    let square = rows == columns || reads.len() < 3;
    option("window", Some(if square { columns.to_string() } else { format!("[{rows}, {columns}]") }));
    option("stride", (windows.stride != default).then(|| windows.stride.to_string()));
    option("dilation", (windows.dilation != 1).then(|| windows.dilation.to_string()));
    let padding = match windows.padding {
        Padding::Valid => None,
        Padding::Same => Some("\"same\"".to_owned()),
        Padding::Causal => Some("\"causal\"".to_owned()),
        Padding::Pad(before, after) if before == after => Some(before.to_string()),
        Padding::Pad(before, after) => Some(format!("[{before}, {after}]")),
    };
    option("padding", padding);
}
