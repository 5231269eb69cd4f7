//! Expressions: what becomes of each value, and under which conditions.

use proc_macro2::Span as TokenSpan;
use syn::{BinOp, Block, Expr, Pat, Stmt};

use super::{
    super::{
        model::{Call, Condition, End, ScopeKind},
        shape::{Shape, one_line, segments, shorten},
    },
    Walker,
};
use crate::finding::Span;

impl Walker<'_> {
    /// A function's body: its last expression is what it returns.
    pub(super) fn body(&mut self, block: &Block) {
        self.statements(block, &End::Returned);
    }

    /// An expression whose value is put somewhere that is of no interest.
    pub(super) fn value(&mut self, expr: &Expr) {
        self.expr(expr, &End::Read);
    }

    /// An expression, and what becomes of its value.
    pub(super) fn expr(&mut self, expr: &Expr, end: &End) {
        if self.chain(expr, end) {
            return;
        }
        match expr {
            Expr::Assign(assign) => self.assign(&assign.left, &assign.right),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Block(block) => self.block(&block.block, ScopeKind::Block, end),
            Expr::Unsafe(block) => self.block(&block.block, ScopeKind::Unsafe, end),
            Expr::Async(block) => self.block(&block.block, ScopeKind::Block, &End::Read),
            Expr::Const(block) => self.block(&block.block, ScopeKind::Block, end),
            Expr::TryBlock(block) => self.block(&block.block, ScopeKind::Block, &End::Read),
            Expr::Call(call) => self.call(call, end),
            Expr::Closure(closure) => self.closure(
                closure,
                ScopeKind::Closure {
                    callee: None,
                    receiver: None,
                },
            ),
            Expr::If(branch) => self.branches(branch, end),
            Expr::Match(choice) => self.arms(choice, end),
            Expr::While(turns) => self.while_loop(turns),
            Expr::ForLoop(turns) => self.for_loop(turns),
            Expr::Loop(turns) => {
                self.looped(|walker| walker.block(&turns.body, ScopeKind::Loop, &End::Dropped));
            }
            Expr::Let(binding) => self.value(&binding.expr),
            Expr::Unary(unary) => self.expr(&unary.expr, &not(end)),
            Expr::Return(leave) => self.optional(leave.expr.as_deref(), &End::Returned),
            Expr::Break(leave) => self.optional(leave.expr.as_deref(), &End::Read),
            Expr::Yield(leave) => self.optional(leave.expr.as_deref(), &End::Read),
            Expr::Array(list) => list
                .elems
                .iter()
                .for_each(|expr| self.expr(expr, &End::Stored)),
            Expr::Tuple(list) => list
                .elems
                .iter()
                .for_each(|expr| self.expr(expr, &End::Stored)),
            Expr::Repeat(array) => {
                self.expr(&array.expr, &End::Repeated);
                self.value(&array.len);
            }
            Expr::Struct(made) => {
                made.fields
                    .iter()
                    .for_each(|field| self.expr(&field.expr, &End::Stored));
                self.optional(made.rest.as_deref(), &End::Read);
            }
            Expr::Range(range) => {
                self.optional(range.start.as_deref(), &End::Read);
                self.optional(range.end.as_deref(), &End::Read);
            }
            Expr::Macro(call) => self.macro_call(&call.mac, end),
            Expr::Verbatim(tokens) => self.tokens(tokens.clone(), "?"),
            _ => {}
        }
    }

    fn optional(&mut self, expr: Option<&Expr>, end: &End) {
        if let Some(expr) = expr {
            self.expr(expr, end);
        }
    }

    fn assign(&mut self, left: &Expr, right: &Expr) {
        self.value(right);
        match left {
            Expr::Tuple(list) => {
                for left in &list.elems {
                    self.expr(left, &End::Assigned(Shape::of(right)));
                }
            }
            _ => self.expr(left, &End::Assigned(Shape::of(right))),
        }
    }

    fn binary(&mut self, binary: &syn::ExprBinary) {
        let op = one_line(&binary.op);
        match binary.op {
            BinOp::And(_) | BinOp::Or(_) if self.in_condition.is_some() => {
                self.expr(&binary.left, &End::Condition);
                self.expr(&binary.right, &End::Condition);
            }
            _ if op.ends_with('=') && !matches!(op.as_str(), "==" | "!=" | "<=" | ">=") => {
                self.value(&binary.right);
                self.expr(
                    &binary.left,
                    &End::Updated(op, shorten(&one_line(&binary.right))),
                );
            }
            _ => {
                self.expr(&binary.left, &End::Operand(op.clone()));
                self.expr(&binary.right, &End::Operand(op));
            }
        }
    }

    fn call(&mut self, call: &syn::ExprCall, end: &End) {
        let callee = match &*call.func {
            Expr::Path(path) => {
                // A static that is a function pointer, or holds one, is read.
                self.chain(&call.func, &End::Read);
                self.called(path.path.segments.last().map(|segment| &segment.ident));
                segments(&path.path).join("::")
            }
            other => {
                self.value(other);
                String::new()
            }
        };
        for (number, arg) in call.args.iter().enumerate() {
            if passes_on(&callee) && !matches!(arg, Expr::Closure(_)) {
                self.expr(arg, end);
            } else {
                self.argument(arg, &callee, number, None);
            }
        }
    }

    /// Writes a call down.
    pub(super) fn called(&mut self, name: Option<&syn::Ident>) {
        let Some(name) = name else { return };
        let span = self.span(name.span());
        let (scope, function, in_loop) = (self.scope, self.function, self.loops > 0);
        self.facts.calls.push(Call {
            name: name.to_string(),
            span,
            scope,
            function,
            in_loop,
        });
    }

    /// An argument; a closure among them is a scope that knows whom it was given to.
    pub(super) fn argument(
        &mut self,
        arg: &Expr,
        callee: &str,
        number: usize,
        receiver: Option<&Vec<String>>,
    ) {
        let Expr::Closure(closure) = arg else {
            return self.expr(arg, &End::Argument(callee.to_owned(), number));
        };
        let critical = [
            "interrupt::free",
            "critical_section::with",
            "interrupt_free",
            "without_interrupts",
        ];
        let kind = if critical.iter().any(|name| callee.ends_with(name)) {
            ScopeKind::Critical
        } else {
            let last = callee.rsplit([':', '.']).next().unwrap_or_default();
            ScopeKind::Closure {
                callee: Some(last.to_owned()),
                receiver: receiver.cloned(),
            }
        };
        self.closure(closure, kind);
    }

    fn closure(&mut self, closure: &syn::ExprClosure, kind: ScopeKind) {
        let span = self.span_of(&*closure.body);
        self.locals.enter();
        closure
            .inputs
            .iter()
            .for_each(|pattern| self.bind_plain(pattern));
        let condition = self.in_condition.take();
        self.scoped(kind, span, |walker| walker.value(&closure.body));
        self.in_condition = condition;
        self.locals.leave();
    }

    /// An `if`: its branches are scopes under its condition.
    fn branches(&mut self, branch: &syn::ExprIf, end: &End) {
        self.locals.enter();
        let brace = branch.then_branch.brace_token.span;
        let looked_at = self.condition(&branch.cond, branch.if_token.span, brace.open());
        let then = ScopeKind::Branch(self.under(looked_at.clone(), true));
        self.block(&branch.then_branch, then, end);
        self.locals.leave();
        if let Some((word, otherwise)) = &branch.else_branch {
            // Not to its end: that of a long chain would be looked for once for each link.
            let span = self.span(word.span);
            let kind = ScopeKind::Branch(self.under(looked_at, false));
            self.scoped(kind, span, |walker| walker.expr(otherwise, end));
        }
    }

    fn under(&self, span: Span, holds: bool) -> Condition {
        Condition {
            text: self.slice(&span),
            span,
            holds,
            early_exit: false,
        }
    }

    /// Walks a condition, which stands between two tokens; returns where.
    fn condition(&mut self, condition: &Expr, after: TokenSpan, before: TokenSpan) -> Span {
        let span = self.span(after).end..self.span(before).start;
        let around = self.in_condition.replace(span.clone());
        self.conjuncts(condition);
        self.in_condition = around;
        span
    }

    fn conjuncts(&mut self, condition: &Expr) {
        match condition {
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
                self.conjuncts(&binary.left);
                self.conjuncts(&binary.right);
            }
            Expr::Paren(inner) => self.conjuncts(&inner.expr),
            Expr::Let(binding) => {
                let since = self.facts.uses.len();
                let pattern = shorten(&one_line(&binding.pat));
                self.expr(&binding.expr, &End::Scrutinee(vec![pattern]));
                self.bind(&binding.pat, since, |end| matches!(end, End::Scrutinee(_)));
            }
            other => self.expr(other, &End::Condition),
        }
    }

    fn arms(&mut self, choice: &syn::ExprMatch, end: &End) {
        let since = self.facts.uses.len();
        let patterns = choice
            .arms
            .iter()
            .map(|arm| shorten(&one_line(&arm.pat)))
            .collect();
        let brace = choice.brace_token.span;
        let span = self.span(choice.match_token.span).end..self.span(brace.open()).start;
        let around = self.in_condition.replace(span.clone());
        self.expr(&choice.expr, &End::Scrutinee(patterns));
        self.in_condition = around;
        for arm in &choice.arms {
            self.locals.enter();
            self.bind(&arm.pat, since, |end| matches!(end, End::Scrutinee(_)));
            if let Pat::Guard(guarded) = &arm.pat {
                self.expr(&guarded.guard, &End::Condition);
            }
            let kind = ScopeKind::Branch(self.under(span.clone(), means_there(&arm.pat)));
            let body = self.span_of(&*arm.body);
            self.scoped(kind, body, |walker| walker.expr(&arm.body, end));
            self.locals.leave();
        }
    }

    fn while_loop(&mut self, turns: &syn::ExprWhile) {
        self.locals.enter();
        self.loops += 1;
        let brace = turns.body.brace_token.span;
        let looked_at = self.condition(&turns.cond, turns.while_token.span, brace.open());
        self.loops -= 1;
        let kind = ScopeKind::Branch(self.under(looked_at, true));
        let span = self.span(brace.join());
        self.scoped(kind, span, |walker| {
            walker.looped(|walker| walker.block(&turns.body, ScopeKind::Loop, &End::Dropped));
        });
        self.locals.leave();
    }

    fn for_loop(&mut self, turns: &syn::ExprForLoop) {
        let since = self.facts.uses.len();
        self.expr(&turns.expr, &End::Iterated);
        self.locals.enter();
        self.bind(&turns.pat, since, |end| matches!(end, End::Iterated));
        self.looped(|walker| walker.block(&turns.body, ScopeKind::Loop, &End::Dropped));
        self.locals.leave();
    }

    fn looped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.loops += 1;
        inside(self);
        self.loops -= 1;
    }

    /// A block in a scope of its own.
    pub(super) fn block(&mut self, block: &Block, kind: ScopeKind, end: &End) {
        let span = self.span(block.brace_token.span.join());
        self.scoped(kind, span, |walker| walker.statements(block, end));
    }

    fn statements(&mut self, block: &Block, end: &End) {
        let (around, condition) = (self.scope, self.in_condition.take());
        self.locals.enter();
        let close = self.span(block.brace_token.span.close()).start;
        let mut held = Vec::new();
        for (number, statement) in block.stmts.iter().enumerate() {
            let is_last = number + 1 == block.stmts.len();
            self.statement(statement, if is_last { end } else { &End::Dropped });
            if !is_last {
                self.rest_of_block(statement, close, &mut held);
            }
        }
        self.locals.leave();
        self.scope = around;
        self.in_condition = condition;
    }

    fn statement(&mut self, statement: &Stmt, end: &End) {
        match statement {
            Stmt::Local(local) => self.local(local),
            Stmt::Item(item) => self.item(item),
            Stmt::Expr(expr, None) => self.expr(expr, end),
            Stmt::Expr(expr, Some(_)) => self.expr(expr, &End::Dropped),
            Stmt::Macro(call) => self.macro_call(&call.mac, &End::Dropped),
        }
    }

    fn local(&mut self, local: &syn::Local) {
        let Some(init) = &local.init else {
            return self.bind_plain(&local.pat);
        };
        let since = self.facts.uses.len();
        let name = match name_of(&local.pat) {
            Some(name) => End::Bound(name),
            None if matches!(local.pat, Pat::Wild(_)) => End::Dropped,
            None => End::Scrutinee(vec![shorten(&one_line(&local.pat))]),
        };
        self.expr(&init.expr, &name);
        if let Some((_, otherwise)) = &init.diverge {
            self.expr(otherwise, &End::Read);
        }
        self.bind(&local.pat, since, |end| *end == name);
    }

    /// What a statement means for those after it: a guard that is alive, a condition that held or did
    /// not.
    fn rest_of_block(&mut self, statement: &Stmt, close: usize, held: &mut Vec<(String, usize)>) {
        match statement {
            Stmt::Local(local) => {
                let Some(init) = &local.init else { return };
                let span = self.span(local.semi_token.span).end..close;
                if let Some((lock, method)) = guard(&init.expr) {
                    if let Some(name) = name_of(&local.pat) {
                        held.push((name, self.scope));
                        self.open(ScopeKind::Held { lock, method }, span);
                        return;
                    }
                }
                if init.diverge.is_some() {
                    let looked_at = self.span_of(&*init.expr);
                    let condition = Condition {
                        early_exit: true,
                        ..self.under(looked_at, true)
                    };
                    self.open(ScopeKind::Branch(condition), span);
                }
            }
            Stmt::Expr(Expr::If(branch), _)
                if branch.else_branch.is_none() && leaves(&branch.then_branch) =>
            {
                let brace = branch.then_branch.brace_token.span;
                let looked_at = self.span(branch.if_token.span).end..self.span(brace.open()).start;
                let condition = Condition {
                    early_exit: true,
                    ..self.under(looked_at, false)
                };
                let span = self.span(brace.close()).end..close;
                self.open(ScopeKind::Branch(condition), span);
            }
            Stmt::Expr(Expr::Call(call), _) => self.dropped(call, held),
            _ => {}
        }
    }

    /// `drop(guard);` ends what the guard held, if nothing was opened since.
    fn dropped(&mut self, call: &syn::ExprCall, held: &mut Vec<(String, usize)>) {
        let Expr::Path(callee) = &*call.func else {
            return;
        };
        let is_drop = callee
            .path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "drop");
        let Some(Expr::Path(arg)) = call.args.first().filter(|_| is_drop) else {
            return;
        };
        let Some(at) = held.iter().position(|(name, _)| arg.path.is_ident(name)) else {
            return;
        };
        let (_, before) = held[at].clone();
        self.scope = before;
        held.truncate(at);
    }
}

/// Functions whose result is their argument, in other clothes.
fn passes_on(callee: &str) -> bool {
    let last = callee.rsplit("::").next().unwrap_or_default();
    matches!(
        last,
        "Some"
            | "Ok"
            | "Err"
            | "from_utf8"
            | "from_utf8_unchecked"
            | "from_utf8_unchecked_mut"
            | "from_raw_parts"
            | "from_raw_parts_mut"
            | "from_ptr"
            | "transmute"
            | "from_mut"
            | "from_ref"
            | "new_unchecked"
            | "from_bytes_with_nul"
            | "from_bytes_with_nul_unchecked"
            | "NonNull"
    ) || callee.ends_with("NonNull::new")
        || callee.ends_with("Pin::new")
}

/// What becomes of the value under a `!` or `-`: a condition is one still.
fn not(end: &End) -> End {
    match end {
        End::Condition => End::Condition,
        _ => End::Operand("!".to_owned()),
    }
}

/// The one name that a `let` gives.
fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(ident) => Some(ident.ident.to_string()),
        Pat::Type(typed) => name_of(&typed.pat),
        _ => None,
    }
}

/// Whether a pattern means that something is there, or holds.
fn means_there(pattern: &Pat) -> bool {
    let text = one_line(pattern);
    !matches!(text.as_str(), "None" | "false" | "0" | "_" | "Option::None")
        && !text.starts_with("Err")
}

/// Whether a block ends by leaving: `return`, `break`, `continue`, a panic.
fn leaves(block: &Block) -> bool {
    match block.stmts.last() {
        Some(Stmt::Expr(expr, _)) => leaves_by(expr),
        Some(Stmt::Macro(call)) => panics(&call.mac),
        _ => false,
    }
}

fn leaves_by(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Unsafe(block) => leaves(&block.block),
        Expr::Block(block) => leaves(&block.block),
        Expr::Macro(call) => panics(&call.mac),
        _ => false,
    }
}

fn panics(call: &syn::Macro) -> bool {
    ["panic", "unreachable", "bail", "todo", "unimplemented"]
        .iter()
        .any(|name| call.path.is_ident(name))
}

/// The lock whose guard an expression gives, and by which method.
fn guard(expr: &Expr) -> Option<(Vec<String>, String)> {
    match expr {
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            match name.as_str() {
                "lock" | "read" | "write" | "borrow_mut" | "try_lock" | "enter" | "acquire"
                | "upgradable_read"
                    if call.args.is_empty() =>
                {
                    Some((lock_path(&call.receiver)?, name))
                }
                "unwrap" | "expect" | "unwrap_or_else" | "ok" | "map_err" => guard(&call.receiver),
                _ => None,
            }
        }
        Expr::Call(call) => {
            let path = lock_path(&call.func)?;
            let section = [
                "critical_section::acquire",
                "interrupt::disable",
                "interrupts::disable",
            ];
            let is_section = section.iter().any(|name| path.join("::").ends_with(name));
            is_section.then(|| (path, "acquire".to_owned()))
        }
        Expr::Try(inner) => guard(&inner.expr),
        Expr::Await(inner) => guard(&inner.base),
        Expr::Paren(inner) => guard(&inner.expr),
        Expr::Unsafe(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(expr, None)] => guard(expr),
            _ => None,
        },
        _ => None,
    }
}

fn lock_path(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Path(path) => Some(segments(&path.path)),
        Expr::Field(field) => {
            let mut path = lock_path(&field.base)?;
            path.push(one_line(&field.member));
            Some(path)
        }
        Expr::Paren(inner) => lock_path(&inner.expr),
        Expr::Reference(inner) => lock_path(&inner.expr),
        Expr::Unary(inner) => lock_path(&inner.expr),
        Expr::MethodCall(call) => lock_path(&call.receiver),
        Expr::Call(call) => lock_path(&call.func),
        _ => None,
    }
}
