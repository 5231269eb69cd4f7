//! What programs said, in few words.

/// The messages of all panics: the line after each "panicked at".
pub(crate) fn panics(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2);
    pairs
        .filter(|pair| pair[0].contains("panicked at ") && !pair[1].trim().is_empty())
        .map(|pair| pair[1].trim().to_owned())
        .collect()
}

/// The first errors of the compiler.
pub(crate) fn errors(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let errors: Vec<&str> = lines
        .filter(|line| line.starts_with("error") || line.starts_with("--> "))
        .take(4)
        .collect();
    errors.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_known_by_the_line_after_it() {
        let text = "\nthread 'once::a' (12) panicked at src/a.rs:1:2:\ndeadlock; threads = []\n\
                    note: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(panics(text), ["deadlock; threads = []"]);
        assert_eq!(panics("no panic\n"), [""; 0]);
    }

    #[test]
    fn errors_of_the_compiler_come_with_their_place() {
        let text = "warning: x\nerror[E0308]: mismatched\n  --> a.rs:1:2\n   |\n";
        assert_eq!(errors(text), "error[E0308]: mismatched --> a.rs:1:2");
    }
}
