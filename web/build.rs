//! Files that are new in a folder make no file of Rust newer.

fn main() {
    for folder in ["assets", "vendor"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
