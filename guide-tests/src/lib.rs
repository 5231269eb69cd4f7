//! Every block of the guide (`docs/guide`), compiled and run: `cargo test -p guide-tests`.
