//! Macro calls and definitions, as far as they can be understood.
//!
//! What a call's tokens mean only the macro knows. Where they read as items, statements or
//! expressions they are taken for that; otherwise the names among them are written down as uses of
//! which no more is known.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::{Expr, Token, parse::Parser, punctuated::Punctuated};

use super::{
    super::{
        model::{End, Expansion, MacroDef, MacroStatic, Step},
        shape::{Shape, ShapeKind, last_segment, segments, tidy},
    },
    Walker,
    bound::Body,
};

/// Macros in macros in macros are looked into so deep.
const DEPTH: usize = 16;

/// Macros whose tokens are another program's.
const QUOTES: &[&str] = &[
    "quote",
    "quote_spanned",
    "parse_quote",
    "parse_quote_spanned",
    "stringify",
    "html",
    "view",
    "rsx",
];

/// Macros whose statics are no statics: one per thread.
const PER_THREAD: &[&str] = &["thread_local", "scoped_thread_local"];

impl Walker<'_> {
    /// A macro call among expressions or statements.
    pub(super) fn macro_call(&mut self, call: &syn::Macro, end: &End) {
        let name = self.expansion(call);
        self.inside(&name, |walker| walker.call_tokens(call, &name, end));
    }

    /// A macro call among items, or a `macro_rules!`.
    pub(super) fn macro_item(&mut self, item: &syn::ItemMacro) {
        match &item.ident {
            Some(ident) if item.mac.path.is_ident("macro_rules") => self.definition(ident, item),
            _ => self.item_macro(&item.mac, None),
        }
    }

    /// A macro call whose tokens may be items.
    pub(super) fn item_macro(&mut self, call: &syn::Macro, _end: Option<&End>) {
        let name = self.expansion(call);
        self.inside(&name, |walker| {
            walker.item_tokens(call.tokens.clone(), &name);
        });
    }

    /// Walks a call's tokens, unless they stand too deep.
    fn inside(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        if self.macro_depth >= DEPTH || QUOTES.contains(&name) {
            return;
        }
        self.macro_depth += 1;
        let around = self.in_macro.replace(name.to_owned());
        inside(self);
        self.in_macro = around;
        self.macro_depth -= 1;
    }

    fn expansion(&mut self, call: &syn::Macro) -> String {
        let name = last_segment(&call.path);
        let defines = match name.as_str() {
            "lazy_static" => self.static_refs(&call.tokens),
            _ if PER_THREAD.contains(&name.as_str()) => self.static_names(&call.tokens),
            _ => Vec::new(),
        };
        let found = Expansion {
            name: name.clone(),
            path: segments(&call.path).join("::"),
            span: self.span_of(&call.path),
            scope: self.scope,
            in_definition_of: self.in_definition_of.clone(),
            in_tests: self.in_tests,
            defines,
        };
        self.facts.expansions.push(found);
        name
    }

    /// The names in `static ref NAME: …`.
    fn static_refs(&self, tokens: &TokenStream) -> Vec<(String, crate::finding::Span)> {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let names = tokens.windows(3).filter_map(|window| match window {
            [
                TokenTree::Ident(first),
                TokenTree::Ident(second),
                TokenTree::Ident(name),
            ] if first == "static" && second == "ref" => {
                Some((name.to_string(), self.span(name.span())))
            }
            _ => None,
        });
        names.collect()
    }

    /// The names in `static NAME: …`.
    fn static_names(&self, tokens: &TokenStream) -> Vec<(String, crate::finding::Span)> {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let names = tokens.windows(3).filter_map(|window| match window {
            [
                TokenTree::Ident(first),
                TokenTree::Ident(name),
                TokenTree::Punct(colon),
            ] if first == "static" && colon.as_char() == ':' => {
                Some((name.to_string(), self.span(name.span())))
            }
            _ => None,
        });
        names.collect()
    }

    fn call_tokens(&mut self, call: &syn::Macro, name: &str, end: &End) {
        match name {
            "asm" | "global_asm" | "naked_asm" | "llvm_asm" => self.assembly(call.tokens.clone()),
            "cfg_if" | "cfg_select" => self.braces(call.tokens.clone(), name),
            _ if PER_THREAD.contains(&name) || name == "lazy_static" => {
                self.item_tokens(call.tokens.clone(), name);
            }
            _ => self.arguments(call, name, end),
        }
    }

    /// `println!("{}", a, b = c)`, `vec![a; n]`, `matches!(a, Some(_))`; or what cannot be understood.
    fn arguments(&mut self, call: &syn::Macro, name: &str, end: &End) {
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(args) = list.parse2(call.tokens.clone()) {
            let inner = match (name, end) {
                ("dbg", end) => end.clone(),
                _ => End::MacroArgument(name.to_owned()),
            };
            for arg in &args {
                self.inline_names(arg);
                self.expr(arg, &inner);
            }
        } else if let Ok(block) = syn::Block::parse_within.parse2(call.tokens.clone()) {
            let brace = syn::token::Brace::default();
            let block = syn::Block {
                brace_token: brace,
                stmts: block,
            };
            for statement in &block.stmts {
                self.loose_statement(statement);
            }
        } else {
            self.tokens(call.tokens.clone(), name);
        }
    }

    fn loose_statement(&mut self, statement: &syn::Stmt) {
        match statement {
            syn::Stmt::Expr(expr, _) => self.value(expr),
            syn::Stmt::Item(item) => self.item(item),
            syn::Stmt::Macro(call) => self.macro_call(&call.mac, &End::Dropped),
            syn::Stmt::Local(local) => {
                if let Some(init) = &local.init {
                    self.value(&init.expr);
                }
                self.bind_plain(&local.pat);
            }
        }
    }

    /// Names in a format string: `"{COUNT:>4}"`.
    fn inline_names(&mut self, arg: &Expr) {
        let Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) = arg
        else {
            return;
        };
        let value = text.value();
        for part in value.split('{').skip(1) {
            let end = part
                .find(|c: char| c != '_' && !c.is_alphanumeric())
                .unwrap_or(part.len());
            let name = &part[..end];
            if self.names.contains(name) && self.locals.find(name).is_none() {
                let (span, macro_name) = (
                    self.span(text.span()),
                    self.in_macro.clone().unwrap_or_default(),
                );
                self.record_name(
                    vec![name.to_owned()],
                    span,
                    Vec::new(),
                    End::MacroArgument(macro_name),
                );
            }
        }
    }

    /// Tokens that may be items; if they are not, the names in them.
    fn item_tokens(&mut self, tokens: TokenStream, name: &str) {
        if matches!(name, "cfg_if" | "cfg_select") {
            return self.braces(tokens, name);
        }
        if name == "global_asm" {
            return self.assembly(tokens);
        }
        if PER_THREAD.contains(&name) || name == "lazy_static" {
            return self.tokens(tokens, name);
        }
        match syn::parse2::<syn::File>(tokens.clone()) {
            Ok(file) if !file.items.is_empty() => {
                file.items.iter().for_each(|item| self.item(item));
            }
            _ => self.tokens(tokens, name),
        }
    }

    /// Each group in braces may be items or statements: `cfg_if! { if #[cfg(unix)] { … } else { … } }`.
    fn braces(&mut self, tokens: TokenStream, name: &str) {
        let in_macro = self.in_macro.take();
        for token in tokens {
            let TokenTree::Group(group) = token else {
                continue;
            };
            if group.delimiter() != Delimiter::Brace {
                continue;
            }
            if let Ok(file) = syn::parse2::<syn::File>(group.stream()) {
                file.items.iter().for_each(|item| self.item(item));
            } else if let Ok(statements) = syn::Block::parse_within.parse2(group.stream()) {
                statements
                    .iter()
                    .for_each(|statement| self.loose_statement(statement));
            } else {
                self.tokens(group.stream(), name);
            }
        }
        self.in_macro = in_macro;
    }

    /// Inline assembly: operands are uses, and any name may stand in the text.
    fn assembly(&mut self, tokens: TokenStream) {
        self.facts.assembly.push(tokens.to_string());
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        self.each_name(&tokens, &mut |walker, path, span, _, _| {
            walker.record_name(path, span, Vec::new(), End::Assembly);
        });
    }

    /// The names among tokens of which nothing else is known.
    pub(super) fn tokens(&mut self, tokens: TokenStream, name: &str) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let name = name.to_owned();
        self.each_name(&tokens, &mut |walker, path, span, before, after| {
            let steps = borrowed(before);
            let end = written(after).unwrap_or_else(|| End::Tokens(name.clone()));
            walker.record_name(path, span, steps, end);
        });
    }

    fn each_name(&mut self, tokens: &[TokenTree], found: &mut OnName<'_>) {
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.each_name(&inner, found);
                }
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    let declared = matches!(tokens.get(at.wrapping_sub(1)), Some(TokenTree::Ident(before))
                        if ["static", "ref", "const", "fn", "struct", "enum", "mod", "type"].iter().any(|word| before == word));
                    if !declared && self.names.contains(&name) && self.locals.find(&name).is_none()
                    {
                        let path = path_before(&tokens[..at], name);
                        let span = self.span(ident.span());
                        found(self, path, span, &tokens[..at], &tokens[at + 1..]);
                    }
                }
                _ => {}
            }
        }
    }

    fn definition(&mut self, ident: &Ident, item: &syn::ItemMacro) {
        let tokens: Vec<TokenTree> = item.mac.tokens.clone().into_iter().collect();
        let mut statics = Vec::new();
        for window in tokens.windows(3) {
            // `(matcher) => { transcriber }`
            if let [
                TokenTree::Punct(first),
                TokenTree::Punct(second),
                TokenTree::Group(body),
            ] = window
            {
                if first.as_char() == '=' && second.as_char() == '>' {
                    if let Some(whole) = Body::of(body) {
                        self.statics_in(&whole, body, false, &mut statics);
                    }
                    self.uses_in_definition(ident, body);
                }
            }
        }
        let exported = item
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("macro_export"));
        let name_span = self.span(ident.span());
        self.facts.macros.push(MacroDef {
            name: ident.to_string(),
            name_span,
            statics,
            exported,
        });
    }

    /// What a macro's body uses of the package's statics, and which macros it calls.
    fn uses_in_definition(&mut self, ident: &Ident, body: &Group) {
        let name = ident.to_string();
        let around = self.in_definition_of.replace(name.clone());
        let in_macro = self.in_macro.replace(name.clone());
        self.tokens(body.stream(), &name);
        self.calls_in(body);
        self.in_macro = in_macro;
        self.in_definition_of = around;
    }

    fn calls_in(&mut self, body: &Group) {
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        for window in tokens.windows(3) {
            if let [
                TokenTree::Ident(name),
                TokenTree::Punct(bang),
                TokenTree::Group(_),
            ] = window
            {
                if bang.as_char() == '!' {
                    let found = Expansion {
                        name: name.to_string(),
                        path: name.to_string(),
                        span: self.span(name.span()),
                        scope: self.scope,
                        in_definition_of: self.in_definition_of.clone(),
                        in_tests: self.in_tests,
                        defines: Vec::new(),
                    };
                    self.facts.expansions.push(found);
                }
            }
        }
        for token in &tokens {
            if let TokenTree::Group(group) = token {
                self.calls_in(group);
            }
        }
    }

    /// `static [mut] NAME: Type = …` among a macro's tokens.
    fn statics_in(
        &self,
        body: &Body,
        part: &Group,
        thread_local: bool,
        into: &mut Vec<MacroStatic>,
    ) {
        let tokens: Vec<TokenTree> = part.stream().into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let per_thread = matches!(tokens.get(at.wrapping_sub(2)), Some(TokenTree::Ident(name))
                        if PER_THREAD.iter().any(|known| name == known));
                    self.statics_in(body, group, thread_local || per_thread, into);
                }
                TokenTree::Ident(word) if word == "static" => {
                    into.extend(self.static_at(body, &tokens, at, thread_local));
                }
                _ => {}
            }
        }
    }

    fn static_at(
        &self,
        body: &Body,
        tokens: &[TokenTree],
        at: usize,
        thread_local: bool,
    ) -> Option<MacroStatic> {
        // `&'static` is a lifetime: its apostrophe is a token of its own.
        let is_lifetime = matches!(tokens.get(at.wrapping_sub(1)), Some(TokenTree::Punct(mark)) if mark.as_char() == '\'');
        let mut next = at + 1;
        let mutable = matches!(tokens.get(next), Some(TokenTree::Ident(word)) if word == "mut");
        next += usize::from(mutable);
        let named_by_caller =
            matches!(tokens.get(next), Some(TokenTree::Punct(mark)) if mark.as_char() == '$');
        next += usize::from(named_by_caller);
        let Some(TokenTree::Ident(name)) = tokens.get(next).filter(|_| !is_lifetime) else {
            return None;
        };
        let colon =
            matches!(tokens.get(next + 1), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
        let rest: Vec<TokenTree> = tokens.get(next + 2..)?.to_vec();
        let is = |mark: char| move |token: &TokenTree| matches!(token, TokenTree::Punct(found) if found.as_char() == mark);
        let end = rest.iter().position(is(';')).unwrap_or(rest.len());
        let equals = rest.iter().position(is('=')).unwrap_or(end).min(end);
        let text = |tokens: &[TokenTree]| {
            tidy(&tokens.iter().cloned().collect::<TokenStream>().to_string())
        };
        colon.then(|| MacroStatic {
            name: format!("{}{name}", if named_by_caller { "$" } else { "" }),
            named_by_caller,
            mutable,
            span: self.between(tokens[at].span(), name.span()),
            ty: text(&rest[..equals]),
            of_expansion: body.binds(tokens, at, &name.to_string(), &rest[..end]),
            uses_arguments: body.uses_arguments,
            thread_local,
        })
    }
}

/// What to do with a name among tokens: its path, where, and the tokens before and behind it.
type OnName<'a> =
    dyn FnMut(&mut Walker<'_>, Vec<String>, crate::finding::Span, &[TokenTree], &[TokenTree]) + 'a;

/// `a::b::NAME` from the tokens before the name.
fn path_before(before: &[TokenTree], name: String) -> Vec<String> {
    let mut path = vec![name];
    let mut rest = before;
    while let [
        head @ ..,
        TokenTree::Ident(ident),
        TokenTree::Punct(a),
        TokenTree::Punct(b),
    ] = rest
    {
        if a.as_char() != ':' || b.as_char() != ':' {
            break;
        }
        path.insert(0, ident.to_string());
        rest = head;
    }
    path
}

/// `&mut NAME`, `&NAME`, `&raw mut NAME`
fn borrowed(before: &[TokenTree]) -> Vec<Step> {
    let words: Vec<String> = before
        .iter()
        .rev()
        .take(3)
        .map(ToString::to_string)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["mut", "raw", "&"] => vec![Step::Borrow {
            mutable: true,
            raw: true,
        }],
        ["const", "raw", "&"] => vec![Step::Borrow {
            mutable: false,
            raw: true,
        }],
        ["mut", "&", ..] => vec![Step::Borrow {
            mutable: true,
            raw: false,
        }],
        ["&", ..] => vec![Step::Borrow {
            mutable: false,
            raw: false,
        }],
        _ => Vec::new(),
    }
}

/// `NAME = …`, `NAME += …`
fn written(after: &[TokenTree]) -> Option<End> {
    let mark = |at: usize| match after.get(at) {
        Some(TokenTree::Punct(mark)) => Some(mark.as_char()),
        _ => None,
    };
    match (mark(0), mark(1)) {
        (Some('='), Some('=' | '>')) => None,
        (Some('='), _) => {
            let text = "?".to_owned();
            Some(End::Assigned(Shape {
                kind: ShapeKind::Other,
                text,
                mentions: Vec::new(),
            }))
        }
        (Some(op @ ('+' | '-' | '*' | '/' | '|' | '&' | '^' | '%')), Some('=')) => {
            Some(End::Updated(format!("{op}="), "?".to_owned()))
        }
        _ => None,
    }
}
