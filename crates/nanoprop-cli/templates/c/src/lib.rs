//! The network as a C library. `./install PREFIX {{ident}}_c {{ident}}` makes archive, header, and files for CMake and pkg-config.
#![cfg_attr(target_os = "none", no_std)]

%project use ::{{ident}}::{MODEL, {{type}}};
%exported mod network;
%exported 
%exported use network::{{type}};
%exported 
%exported /// The weights: constants, in flash on a device.
%exported static MODEL: {{type}} = nanoprop::load!({{type}}, "../model.nprp");

nanoprop_c::c_api!({{type}} as {{ident}}, weights = MODEL);
nanoprop_c::panic_handler!();
