use std::fmt;

use super::graph::Node;

/// Why an ONNX file was not read or written.
///
/// Displayed with the node, its operator, what is wrong and what can be done:
/// `node `/1/LeakyRelu` (LeakyRelu): its slope is 0.1, but nanoprop's LeakyRelu has 0.01: train with that, or with ELU`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A file can't be read.
    File {
        /// Its path.
        path: String,
        /// Why.
        message: String,
    },
    /// The bytes are no ONNX file, or a damaged one.
    Format(String),
    /// The graph as a whole is not one that can be read.
    Graph(String),
    /// A node that nanoprop has no layer for.
    Node {
        /// Its name, or that of its output.
        node: String,
        /// Its operator.
        operator: String,
        /// What is wrong and what can be done.
        message: String,
    },
    /// A layer of a model that can't be written.
    Layer(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File { path, message } => write!(f, "{path}: {message}"),
            Error::Format(message) => write!(f, "not an ONNX file, or a damaged one: {message}"),
            Error::Graph(message) | Error::Layer(message) => f.write_str(message),
            Error::Node { node, operator, message } => write!(f, "node `{node}` ({operator}): {message}"),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    pub(super) fn graph(message: impl Into<String>) -> Self {
        Error::Graph(message.into())
    }

    pub(super) fn node(node: &Node, message: impl Into<String>) -> Self {
        Error::Node { node: node.name.clone(), operator: node.operator(), message: message.into() }
    }
}
