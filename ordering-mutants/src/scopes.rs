//! Which tokens begin a function, an implementation, or something else that has a name.

use crate::source::Source;

impl Source {
    /// The name of the scope that begins here, and the index of its opening brace.
    pub(crate) fn begins_scope(&self, at: usize, end: usize) -> Option<(String, usize)> {
        let name = match self.tokens[at].text.as_str() {
            "impl" if self.begins_item(at) => self.implemented(at, end)?,
            "fn" | "mod" | "trait" => self.name_at(at + 1)?,
            "macro_rules" => format!("{}!", self.name_at(at + 2)?),
            _ => return None,
        };
        Some((name, self.opening_brace(at, end)?))
    }

    fn name_at(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        token.is_name().then(|| token.text.clone())
    }

    /// Not `impl Trait` in a signature.
    fn begins_item(&self, at: usize) -> bool {
        at == 0 || ["}", ";", "{", "]", "unsafe"].contains(&self.tokens[at - 1].text.as_str())
    }

    /// The brace that opens the body, unless a `;` comes first.
    fn opening_brace(&self, mut at: usize, end: usize) -> Option<usize> {
        while at < end {
            match self.tokens[at].text.as_str() {
                "{" => return Some(at),
                ";" => return None,
                _ => at = self.tokens[at].mate.max(at) + 1,
            }
        }
        None
    }

    /// The type of an `impl`: the last name of its path.
    fn implemented(&self, at: usize, end: usize) -> Option<String> {
        let open = self.opening_brace(at, end)?;
        let mut depth = 0_usize;
        let mut name = String::new();
        let mut is_path_over = false;
        for i in at + 1..open {
            let token = &self.tokens[i];
            match token.text.as_str() {
                "<" => depth += 1,
                // Not the end of `->`.
                ">" if !self.is(i - 1, "-") => depth -= 1,
                _ if depth > 0 => {}
                "for" if !self.is(i + 1, "<") => {
                    name.clear();
                    is_path_over = false;
                }
                "where" => break,
                // A lifetime.
                _ if self.is(i - 1, "'") => {}
                ":" => is_path_over = false,
                "$" => name = "$".to_owned(),
                _ if token.is_name() && name == "$" => name.push_str(&token.text),
                _ if token.is_name() && !is_path_over => {
                    name.clone_from(&token.text);
                    is_path_over = true;
                }
                _ => {}
            }
        }
        Some(name)
    }
}
