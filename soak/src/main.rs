//! `soak [--seconds N] [--seed N] …`

fn main() -> std::process::ExitCode {
    soak::main(std::env::args_os())
}
