//! The module that a file is, by where it lies.

use std::path::Path;

/// The module's path from the crate's root. A file that is the root of a crate of its own (a test, an
/// example, a program beside the library) has a first segment in parentheses, which no module has: what
/// is private in it is not seen from elsewhere.
pub(super) fn module_of(file: &Path, root: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root).unwrap_or(file).with_extension("");
    let mut parts: Vec<String> = inside
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    match parts.first().map(String::as_str) {
        Some("src") => {
            parts.remove(0);
            if parts.first().is_some_and(|part| part == "bin") && parts.len() > 1 {
                own_root(&mut parts, 2);
            }
        }
        Some("tests" | "examples" | "benches") if parts.len() > 1 => own_root(&mut parts, 2),
        Some(_) if parts.len() > 1 => own_root(&mut parts, 1),
        _ => {}
    }
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    parts
}

/// Puts the first segments together into one in parentheses.
fn own_root(parts: &mut Vec<String>, count: usize) {
    let rest = parts.split_off(count.min(parts.len()));
    let root = format!("({})", parts.join("/"));
    *parts = std::iter::once(root).chain(rest).collect();
}

#[cfg(test)]
mod tests {
    use super::module_of;
    use std::path::Path;

    #[test]
    fn modules_by_place() {
        let places = [
            ("src/lib.rs", ""),
            ("src/main.rs", ""),
            ("src/a/mod.rs", "a"),
            ("src/a/b.rs", "a::b"),
            ("src/bin/tool.rs", "(bin/tool)"),
            ("src/bin/tool/main.rs", "(bin/tool)"),
            ("src/bin/tool/part.rs", "(bin/tool)::part"),
            ("tests/it/main.rs", "(tests/it)"),
            ("tests/it/race/arc.rs", "(tests/it)::race::arc"),
            ("examples/first.rs", "(examples/first)"),
            ("build.rs", "build"),
            ("first_use.rs", "first_use"),
            ("support/team.rs", "(support)::team"),
        ];
        for (file, module) in places {
            let found = module_of(&Path::new("/p").join(file), Path::new("/p"));
            assert_eq!(found.join("::"), module, "{file}");
        }
    }
}
