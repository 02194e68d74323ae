//! For programs whose output may be cut off: `cargo run --example digits | head`.

/// Ends the program quietly when whoever reads its output has gone; `println!` would panic.
pub fn end_quietly() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>();
        if message.is_some_and(|message| message.starts_with("failed printing to std") && message.contains("pipe")) {
            std::process::exit(0);
        }
        report(panic);
    }));
}
