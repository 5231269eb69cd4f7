//! `onset-audit [PATH…]`

fn main() -> std::process::ExitCode {
    onset_audit::cli::run(std::env::args_os())
}
