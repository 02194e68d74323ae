//! What nanoprop needs on hosts only: data from files, and observers of a training.
//!
//! - [`data`]: [`Csv`](data::Csv) and [`Idx`](data::Idx) readers into arrays, [`split`](data::split()) into training,
//!   validation and test, [`k_fold`](data::k_fold), [`one_hot`](data::one_hot).
//! - [`observe`]: [`Bar`](observe::Bar), [`CsvLog`](observe::CsvLog), [`JsonLines`](observe::JsonLines),
//!   [`Curve`](observe::Curve); and a confusion matrix as a picture.
//!
//! Chapter 2 of the guide, the crate `nanoprop-guide`, goes from a CSV file to a checkpoint: "Train your own".
//!
//! A crate of its own, because Cargo unites features: were these a feature of `nanoprop`, a tool that asks for it would
//! turn `std` and its dependencies on for the firmware beside it in one workspace.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `data` | CSV and IDX files; the crates `csv-core` and `flate2` |
//! | `spec` | [`TableSpec`](data::TableSpec), a table's columns in TOML; the crates `serde` and `toml`; not by default |
//! | `progress` | the progress bar; the crate `indicatif` |
//! | `plot` | pictures; the crate `plotters`, SVG only: no fonts, no C libraries |
//!
//! The others are on by default.
#![forbid(unsafe_code)]
// Examples don't warn where they are copied to.
#![doc(test(attr(deny(warnings))))]

#[cfg(feature = "data")]
pub mod data;
pub mod observe;
