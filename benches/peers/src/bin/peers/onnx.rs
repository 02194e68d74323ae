//! Just enough of the ONNX format to write the networks.

mod windows;

use std::path::Path;
use std::{fs, io};

use nanoprop_peers::{Data, LARGE, NETWORKS, Units};

/// Writes `NAME-1.onnx` and, of dense layers, `NAME-256.onnx`: the networks for inference, with batches of a fixed size.
pub(crate) fn write_all(directory: &Path) -> io::Result<()> {
    for net in NETWORKS {
        let data = Data::read(net)?;
        if !net.windows.is_empty() {
            fs::write(directory.join(format!("{}-1.onnx", net.name)), windows::model(&data))?;
            continue;
        }
        for batch in [1, LARGE] {
            fs::write(directory.join(format!("{}-{batch}.onnx", net.name)), model(&data, batch))?;
        }
    }
    Ok(())
}

/// A message of protocol buffers. Field numbers are those of `onnx.proto`.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut x: u64) {
        while x >= 0x80 {
            self.0.push(x as u8 | 0x80);
            x >>= 7;
        }
        self.0.push(x as u8);
    }

    fn number(mut self, field: u64, x: usize) -> Message {
        self.varint(field << 3);
        self.varint(x as u64);
        self
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Message {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    fn text(self, field: u64, text: &str) -> Message {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: Message) -> Message {
        self.bytes(field, &message.0)
    }
}

/// A chain of dense layers: `ModelProto` of IR version 8, operators of version 13.
fn model(data: &Data, batch: usize) -> Vec<u8> {
    let net = data.net;
    let (activation, link) = match net.units {
        Units::Sigmoid => ("Sigmoid", "Sigmoid"),
        Units::Tanh => ("Tanh", "Tanh"),
        Units::Relu => ("Relu", "Softmax"),
    };
    let mut graph = Message::default().text(2, net.name);
    let last = net.widths.len() - 1;
    let place = |l: usize| {
        if l == 0 {
            "x".to_owned()
        } else if l == last {
            "h".to_owned()
        } else {
            format!("a{l}")
        }
    };
    for (l, (inputs, outputs, bias, weight)) in data.layers().enumerate() {
        let (z, b, w) = (format!("z{l}"), format!("b{l}"), format!("w{l}"));
        graph = graph
            .message(1, node("Gemm", &[&place(l), &w, &b], &[&z]))
            .message(1, node(if l + 1 < last { activation } else { link }, &[&z], &[&place(l + 1)]))
            .message(5, tensor(&b, &[outputs], bias))
            .message(5, tensor(&w, &[inputs, outputs], weight));
    }
    graph = graph.message(11, value("x", &[batch, net.inputs()])).message(12, value("h", &[batch, net.outputs()]));
    finish(graph)
}

/// The model of a graph.
fn finish(graph: Message) -> Vec<u8> {
    Message::default().number(1, 8).message(7, graph).message(8, Message::default().text(1, "").number(2, 13)).0
}

/// `NodeProto`, named by its last output.
fn node(operator: &str, inputs: &[&str], outputs: &[&str]) -> Message {
    let message = inputs.iter().fold(Message::default(), |m, input| m.text(1, input));
    let message = outputs.iter().fold(message, |m, output| m.text(2, output));
    message.text(3, outputs.last().unwrap_or(&"")).text(4, operator)
}

/// `TensorProto` of floats.
fn tensor(name: &str, widths: &[usize], numbers: &[f32]) -> Message {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    let message = widths.iter().fold(Message::default(), |m, &w| m.number(1, w));
    message.number(2, 1).text(8, name).bytes(9, &bytes)
}

/// `ValueInfoProto` of a tensor of floats.
fn value(name: &str, widths: &[usize]) -> Message {
    let shape = widths.iter().fold(Message::default(), |m, &w| m.message(1, Message::default().number(1, w)));
    let tensor = Message::default().number(1, 1).message(2, shape);
    Message::default().text(1, name).message(2, Message::default().message(1, tensor))
}
