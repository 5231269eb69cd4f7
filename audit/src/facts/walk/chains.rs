//! From a name outwards: `(*X.lock().unwrap()).field`, and what becomes of it.

use syn::{Expr, Member, UnOp};

use super::{
    super::{
        model::{End, ScopeKind, Step, Use},
        shape::{last_segment, one_line, segments, shorten},
    },
    Walker,
    locals::Local,
};
use crate::finding::Span;

/// The name at the bottom of a chain.
pub(super) struct Root {
    path: Vec<String>,
    span: Span,
    via: Option<String>,
}

impl Walker<'_> {
    /// Takes an expression down whose value ends at `end`, if it is a chain on a static. Otherwise
    /// says so, and has walked nothing.
    pub(super) fn chain(&mut self, expr: &Expr, end: &End) -> bool {
        if !is_link(expr) {
            return false;
        }
        let mut steps = Vec::new();
        let root = self.links(expr, &mut steps, end);
        if let Some(root) = root {
            let whole = self.span_of(expr);
            self.record(root, whole, steps, end.clone());
        }
        true
    }

    /// Follows a chain to its root, walks the arguments on the way, and collects the steps.
    fn links(&mut self, expr: &Expr, steps: &mut Vec<Step>, end: &End) -> Option<Root> {
        match expr {
            Expr::Path(path) => self.root(path, steps),
            Expr::Paren(inner) => self.links(&inner.expr, steps, end),
            Expr::Group(inner) => self.links(&inner.expr, steps, end),
            Expr::Field(field) => {
                let root = self.links(&field.base, steps, end);
                let name = match &field.member {
                    Member::Named(name) => name.to_string(),
                    Member::Unnamed(index) => index.index.to_string(),
                };
                steps.push(Step::Field(name));
                root
            }
            Expr::MethodCall(call) => self.method(call, steps, end),
            Expr::Index(index) => {
                let root = self.links(&index.expr, steps, end);
                self.expr(&index.index, &End::Read);
                steps.push(Step::Index);
                root
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                let root = self.links(&unary.expr, steps, end);
                steps.push(Step::Deref);
                root
            }
            Expr::Reference(reference) => {
                let root = self.links(&reference.expr, steps, end);
                steps.push(Step::Borrow {
                    mutable: reference.mutability.is_some(),
                    raw: false,
                });
                root
            }
            Expr::RawAddr(address) => {
                let root = self.links(&address.expr, steps, end);
                let mutable = matches!(address.mutability, syn::PointerMutability::Mut(_));
                steps.push(Step::Borrow { mutable, raw: true });
                root
            }
            Expr::Cast(cast) => {
                let root = self.links(&cast.expr, steps, end);
                steps.push(Step::Cast(one_line(&cast.ty)));
                root
            }
            Expr::Try(inner) => {
                let root = self.links(&inner.expr, steps, end);
                steps.push(Step::Try);
                root
            }
            Expr::Await(inner) => {
                let root = self.links(&inner.base, steps, end);
                steps.push(Step::Await);
                root
            }
            Expr::Macro(call) if raw_address(&call.mac).is_some() => {
                let mutable = raw_address(&call.mac)?;
                let Ok(inner) = call.mac.parse_body::<Expr>() else {
                    self.macro_call(&call.mac, &End::Read);
                    return None;
                };
                let root = self.links(&inner, steps, end);
                steps.push(Step::Borrow { mutable, raw: true });
                root
            }
            Expr::Unsafe(block) => {
                self.single(&block.block, Some(block.unsafe_token.span), steps, end)
            }
            Expr::Block(block) => self.single(&block.block, None, steps, end),
            // `str::from_utf8(&X).unwrap()`: what a call passes on goes where the chain goes.
            Expr::Call(_) => {
                self.expr(expr, end);
                None
            }
            other => {
                self.expr(other, &End::Read);
                None
            }
        }
    }

    /// `unsafe { X }`: a block of one expression is a link; any other is walked as a block.
    fn single(
        &mut self,
        block: &syn::Block,
        is_unsafe: Option<proc_macro2::Span>,
        steps: &mut Vec<Step>,
        end: &End,
    ) -> Option<Root> {
        if let [syn::Stmt::Expr(expr, None)] = block.stmts.as_slice() {
            if is_link(expr) {
                return self.links(expr, steps, end);
            }
        }
        let kind = if is_unsafe.is_some() {
            ScopeKind::Unsafe
        } else {
            ScopeKind::Block
        };
        self.block(block, kind, &End::Read);
        None
    }

    fn method(
        &mut self,
        call: &syn::ExprMethodCall,
        steps: &mut Vec<Step>,
        end: &End,
    ) -> Option<Root> {
        let root = self.links(&call.receiver, steps, end);
        let name = call.method.to_string();
        self.called(Some(&call.method));
        let receiver = root.as_ref().map(|root| root.path.clone());
        let args = call.args.iter().map(|arg| match arg {
            Expr::Closure(_) => "|…|".to_owned(),
            arg if root.is_some() => shorten(&one_line(arg)),
            _ => String::new(),
        });
        let args = args.collect();
        for (number, arg) in call.args.iter().enumerate() {
            self.argument(arg, &format!(".{name}"), number, receiver.as_ref());
        }
        steps.push(Step::Method {
            name,
            args,
            span: self.span(call.method.span()),
        });
        root
    }

    /// The static, or the local variable that stands for one, that a path names.
    fn root(&self, path: &syn::ExprPath, steps: &mut Vec<Step>) -> Option<Root> {
        let span = self.span_of(&path.path);
        if let Some(ident) = path.path.get_ident() {
            let name = ident.to_string();
            match self.locals.find(&name) {
                Some(Local::Plain) => return None,
                Some(Local::Alias(alias)) => {
                    steps.extend(alias.steps.iter().cloned());
                    return Some(Root {
                        path: alias.path.clone(),
                        span,
                        via: Some(name),
                    });
                }
                None => {}
            }
        }
        let known = self.names.contains(&last_segment(&path.path));
        known.then(|| Root {
            path: segments(&path.path),
            span,
            via: None,
        })
    }

    /// Writes a use down.
    pub(super) fn record(&mut self, root: Root, whole: Span, steps: Vec<Step>, end: End) {
        let used = Use {
            path: root.path,
            span: root.span,
            whole,
            module: self.module.clone(),
            scope: self.scope,
            function: self.function,
            steps,
            end,
            via: root.via,
            in_loop: self.loops > 0,
            in_condition: self.in_condition.clone(),
            in_macro: self.in_macro.clone(),
        };
        self.facts.uses.push(used);
    }

    /// Writes a use down of which no more is known than its tokens.
    pub(super) fn record_name(
        &mut self,
        path: Vec<String>,
        span: Span,
        steps: Vec<Step>,
        end: End,
    ) {
        let root = Root {
            path,
            span: span.clone(),
            via: None,
        };
        self.record(root, span, steps, end);
    }
}

/// Whether an expression is one that a chain may go through.
fn is_link(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_)
        | Expr::Paren(_)
        | Expr::Group(_)
        | Expr::Field(_)
        | Expr::MethodCall(_)
        | Expr::Index(_)
        | Expr::Reference(_)
        | Expr::RawAddr(_)
        | Expr::Cast(_)
        | Expr::Try(_)
        | Expr::Await(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)),
        Expr::Macro(call) => raw_address(&call.mac).is_some(),
        Expr::Unsafe(block) => is_single(&block.block),
        Expr::Block(block) => block.label.is_none() && is_single(&block.block),
        _ => false,
    }
}

fn is_single(block: &syn::Block) -> bool {
    matches!(block.stmts.as_slice(), [syn::Stmt::Expr(expr, None)] if is_link(expr))
}

/// Whether a macro is `addr_of!` or `addr_of_mut!`; then whether the latter.
fn raw_address(call: &syn::Macro) -> Option<bool> {
    match last_segment(&call.path).as_str() {
        "addr_of" => Some(false),
        "addr_of_mut" => Some(true),
        _ => None,
    }
}
