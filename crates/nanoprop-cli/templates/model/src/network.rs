//! The network. The training includes this file, so that it does not need the weights that it makes.

use nanoprop::prelude::*;

network! {
    /// {{target}}, from the other columns of {{table}}.
    pub type Model = {{inputs}} => Standardize{{layers}} => Dense<{{outputs}}>, loss = {{loss}};
}

/// What each input is, as in table.toml.
#[rustfmt::skip]
pub const INPUTS: [&str; {{inputs}}] = [{{input_names}}];
%classes 
%classes /// The classes, in the order of the outputs.
%classes #[rustfmt::skip]
%classes pub const CLASSES: [&str; {{outputs}}] = [{{class_names}}];
