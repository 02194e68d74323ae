//! The network as a C library. `./install PREFIX {{ident}}_c {{ident}}` makes archive, header, and files for CMake and pkg-config.
#![cfg_attr(target_os = "none", no_std)]

use ::{{ident}}::{MODEL, Model};

nanoprop_c::c_api!(Model as {{ident}}, weights = MODEL);
nanoprop_c::panic_handler!();
