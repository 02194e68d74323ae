//! The TOML specs that nanoprop-build reads.

mod read;
mod write;
