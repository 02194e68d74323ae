//! Networks in integers of 8 bits: each operator and whole networks against LiteRT's reference kernels, number by number, and
//! how well they read digits.

#[path = "int8/accuracy.rs"]
mod accuracy;
#[path = "int8/aware.rs"]
mod aware;
#[path = "int8/digest.rs"]
mod digest;
#[path = "support/digits.rs"]
mod digits;
#[path = "int8/mixed.rs"]
mod mixed;
#[path = "int8/networks.rs"]
mod networks;
#[path = "int8/operators.rs"]
mod operators;
#[path = "int8/pairs.rs"]
mod pairs;
#[path = "int8/sequences.rs"]
mod sequences;
