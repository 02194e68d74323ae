//! Prints the header.

fn main() {
    print!("{}", {{ident}}_c::{{ident}}::HEADER);
}
