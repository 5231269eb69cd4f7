//! `histories [--rounds N] [--only NAME] [--seed N] [--threads N]`

fn main() -> std::process::ExitCode {
    histories::cli::run(std::env::args_os())
}
