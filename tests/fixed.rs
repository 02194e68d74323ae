//! Fixed-point numbers: their arithmetic against integers of 128 bits, their functions against f64, gradients against
//! differences in f64, and that networks learn in them.

#[path = "fixed/arithmetic.rs"]
mod arithmetic;
#[path = "support/digits.rs"]
mod digits;
#[path = "fixed/functions.rs"]
mod functions;
#[path = "fixed/gradients.rs"]
mod gradients;
#[path = "fixed/learning.rs"]
mod learning;
#[path = "fixed/stochastic.rs"]
mod stochastic;
