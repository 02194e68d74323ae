//! The networks over windows: of one sample, or of one step with the states before as inputs and those behind as outputs.

use nanoprop_peers::{Data, Layer};

use super::{Message, finish, node, tensor, value};

/// A graph that grows: the name of what was written last, and whether it may be rectified.
struct Graph {
    graph: Message,
    last: String,
    inputs: Vec<(String, Vec<usize>)>,
    outputs: Vec<(String, Vec<usize>)>,
}

impl Graph {
    /// A node behind the last one, with more inputs and attributes.
    fn push(&mut self, operator: &str, more: &[&str], attributes: &[(&str, Attribute)], to: &str) {
        let last = std::mem::take(&mut self.last);
        let inputs = [&[last.as_str()], more].concat();
        self.node(operator, &inputs, attributes, &[to]);
        self.last = to.to_owned();
    }

    fn node(&mut self, operator: &str, inputs: &[&str], attributes: &[(&str, Attribute)], outputs: &[&str]) {
        let message =
            attributes.iter().fold(node(operator, inputs, outputs), |m, a| m.message(5, attribute(a.0, &a.1)));
        self.add(1, message);
    }

    fn add(&mut self, field: u64, message: Message) {
        self.graph = std::mem::take(&mut self.graph).message(field, message);
    }

    fn numbers(&mut self, name: &str, widths: &[usize], numbers: &[f32]) {
        self.add(5, tensor(name, widths, numbers));
    }

    /// A state of that shape: its name before and behind the step.
    fn state(&mut self, k: usize, widths: &[usize]) -> (String, String) {
        let (before, behind) = (format!("before{k}"), format!("behind{k}"));
        self.inputs.push((before.clone(), widths.to_vec()));
        self.outputs.push((behind.clone(), widths.to_vec()));
        (before, behind)
    }
}

enum Attribute {
    Number(usize),
    Numbers(Vec<usize>),
}

/// `AttributeProto` of integers.
fn attribute(name: &str, value: &Attribute) -> Message {
    let message = Message::default().text(1, name);
    match value {
        Attribute::Number(x) => message.number(3, *x).number(20, 2),
        Attribute::Numbers(all) => all.iter().fold(message, |m, &x| m.number(8, x)).number(20, 7),
    }
}

/// `TensorProto` of 64-bit integers.
fn integers(name: &str, numbers: &[i64]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    Message::default().number(1, numbers.len()).number(2, 7).text(8, name).bytes(9, &bytes)
}

/// `[rows × columns]` as `[columns × rows]`.
fn transposed(numbers: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|c| numbers.iter().skip(c).step_by(columns).copied()).collect()
}

/// Rows `[rows × gates · hidden]` with the gates in another order, transposed.
fn gates(numbers: &[f32], hidden: usize, order: &[usize]) -> Vec<f32> {
    let columns = transposed(numbers, order.len() * hidden);
    let gate = columns.len() / order.len();
    order.iter().flat_map(|g| &columns[g * gate..][..gate]).copied().collect()
}

/// The model of one sample or one step.
pub(super) fn model(data: &Data) -> Vec<u8> {
    let net = data.net;
    let shape: &[usize] = match net.windows {
        [Layer::Conv2d { size, inputs, .. }, ..] => &[1, *inputs, *size, *size],
        [Layer::Conv1d { causal: true, .. }, ..] | [Layer::Lstm { .. } | Layer::Gru { .. }, ..] => &[1, 1, 1],
        [Layer::Conv1d { steps, inputs, .. }, ..] => &[1, *inputs, *steps],
        _ => &[1, net.inputs()],
    };
    let mut g = Graph {
        graph: Message::default().text(2, net.name),
        last: "x".into(),
        inputs: vec![("x".into(), shape.to_vec())],
        outputs: Vec::new(),
    };
    let stream = shape == [1, 1, 1];
    // The channels of what the first dense layer reads flat.
    let mut channels = None;
    for (l, (layer, bias, weight)) in data.windows().enumerate() {
        let (b, w, z) = (format!("b{l}"), format!("w{l}"), format!("z{l}"));
        match layer {
            Layer::Dense { inputs, outputs } if stream => {
                g.numbers(&w, &[inputs, outputs], weight);
                g.numbers(&b, &[outputs], bias);
                g.push("MatMul", &[&w], &[], &format!("p{l}"));
                g.push("Add", &[&b], &[], &z);
            }
            Layer::Dense { inputs, outputs } => {
                let mut rows: Vec<&[f32]> = weight.chunks(outputs).collect();
                if let Some(channels) = channels.take() {
                    // Channels come first there.
                    rows = (0..channels).flat_map(|c| rows.iter().skip(c).step_by(channels).copied()).collect();
                    g.push("Flatten", &[], &[("axis", Attribute::Number(1))], &format!("f{l}"));
                }
                g.numbers(&w, &[inputs, outputs], &rows.concat());
                g.numbers(&b, &[outputs], bias);
                g.push("Gemm", &[&w, &b], &[], &z);
            }
            Layer::Conv1d { inputs, outputs, window, dilation, causal, .. } => {
                if causal {
                    let past = dilation * (window - 1);
                    let (before, behind) = g.state(l, &[1, inputs, past]);
                    let (joined, axis) = (format!("j{l}"), ("axis", Attribute::Number(2)));
                    g.node("Concat", &[&before, &g.last.clone()], &[axis], &[&joined]);
                    for (name, number) in [("start", 1), ("end", past as i64 + 1), ("axis", 2)] {
                        g.add(5, integers(&format!("{name}{l}"), &[number]));
                    }
                    let [start, end, axis] = ["start", "end", "axis"].map(|name| format!("{name}{l}"));
                    g.node("Slice", &[&joined, &start, &end, &axis], &[], &[&behind]);
                    g.last = joined;
                }
                g.numbers(&w, &[outputs, inputs, window], &conv(weight, inputs, outputs));
                g.numbers(&b, &[outputs], bias);
                g.push("Conv", &[&w, &b], &[("dilations", Attribute::Numbers(vec![dilation]))], &z);
                channels = Some(outputs);
            }
            Layer::Conv2d { inputs, outputs, window, same, .. } => {
                g.numbers(&w, &[outputs, inputs, window, window], &conv(weight, inputs, outputs));
                g.numbers(&b, &[outputs], bias);
                let padding = if same { window / 2 } else { 0 };
                g.push("Conv", &[&w, &b], &[("pads", Attribute::Numbers(vec![padding; 4]))], &z);
                channels = Some(outputs);
            }
            Layer::Pool => {
                let two = |name| (name, Attribute::Numbers(vec![2, 2]));
                g.push("MaxPool", &[], &[two("kernel_shape"), two("strides")], &z);
            }
            Layer::Lstm { hidden, .. } => {
                let order = [0, 2, 1, 3];
                let bias = [gates(bias, hidden, &order), vec![0.0; 4 * hidden]].concat();
                recurrent(&mut g, "LSTM", hidden, weight, &bias, [&order, &order]);
            }
            Layer::Gru { hidden, .. } => {
                let (bias, beside) = bias.split_at(3 * hidden);
                let bias = [gates(bias, hidden, &[2, 1, 0]), vec![0.0; 2 * hidden], beside.to_vec()].concat();
                recurrent(&mut g, "GRU", hidden, weight, &bias, [&[2, 1, 0], &[1, 0, 2]]);
            }
        }
        let rectified = matches!(layer, Layer::Dense { .. } | Layer::Conv1d { .. } | Layer::Conv2d { .. });
        if rectified && l + 1 < net.windows.len() {
            g.push("Relu", &[], &[], &format!("a{l}"));
        }
    }
    let (operator, axis) = if net.classes() { ("Softmax", 1) } else { ("Identity", 0) };
    let attributes = [("axis", Attribute::Number(axis))];
    g.push(operator, &[], if net.classes() { &attributes } else { &[] }, "h");
    let out: &[usize] = if stream { &[1, 1, 1] } else { &[1, net.outputs()] };
    g.outputs.insert(0, ("h".into(), out.to_vec()));
    let graph = g.inputs.iter().fold(g.graph, |m, (name, widths)| m.message(11, value(name, widths)));
    finish(g.outputs.iter().fold(graph, |m, (name, widths)| m.message(12, value(name, widths))))
}

/// `[places × in × out]` as `[out × in × places]`.
fn conv(weight: &[f32], inputs: usize, outputs: usize) -> Vec<f32> {
    let places = weight.len() / (inputs * outputs);
    let at = |o, i, k| weight[(k * inputs + i) * outputs + o];
    let all = (0..outputs).flat_map(|o| (0..inputs).map(move |i| (o, i)));
    all.flat_map(|(o, i)| (0..places).map(move |k| at(o, i, k))).collect()
}

/// A layer of one step with gates: h, and the cells of an LSTM, go in and out.
fn recurrent(g: &mut Graph, operator: &str, hidden: usize, weight: &[f32], bias: &[f32], orders: [&[usize]; 2]) {
    let rows = orders[0].len() * hidden;
    let (weight, of_h) = weight.split_at(rows);
    g.numbers("w", &[1, rows, 1], &gates(weight, hidden, orders[0]));
    g.numbers("u", &[1, rows, hidden], &gates(of_h, hidden, orders[1]));
    g.numbers("b", &[1, bias.len()], bias);
    let states: Vec<_> = (0..if operator == "LSTM" { 2 } else { 1 }).map(|k| g.state(k, &[1, 1, hidden])).collect();
    let mut inputs = vec!["x", "w", "u", "b", ""];
    inputs.extend(states.iter().map(|(before, _)| before.as_str()));
    let mut outputs = vec![""];
    outputs.extend(states.iter().map(|(_, behind)| behind.as_str()));
    let mut attributes = vec![("hidden_size", Attribute::Number(hidden))];
    if operator == "GRU" {
        attributes.push(("linear_before_reset", Attribute::Number(1)));
    }
    g.node(operator, &inputs, &attributes, &outputs);
    g.last = states[0].1.clone();
}
