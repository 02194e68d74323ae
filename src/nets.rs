//! The reference networks, made from `networks/*.toml`.

include!(concat!(env!("OUT_DIR"), "/nets.rs"));
