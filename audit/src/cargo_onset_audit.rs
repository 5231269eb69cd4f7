//! `cargo onset-audit [PATH…]`: cargo hands the subcommand's name over as the first argument.

fn main() -> std::process::ExitCode {
    let named = |(number, arg): &(usize, std::ffi::OsString)| *number != 1 || arg != "onset-audit";
    let args = std::env::args_os().enumerate().filter(named);
    onset_audit::cli::run(args.map(|(_, arg)| arg))
}
