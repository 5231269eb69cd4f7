//! The data.

use crate::{
    facts::{Shape, Ty},
    finding::Span,
};

/// The number of a function in its file.
pub type FnId = usize;
/// The number of a scope in its file.
pub type ScopeId = usize;

/// Everything that was found in a file.
#[derive(Debug, Default)]
pub struct FileFacts {
    /// The module that the file is, by its place below `src`: `["a", "b"]`.
    pub module: Vec<String>,
    /// `static` items, `mut` or not, wherever they stand.
    pub statics: Vec<Static>,
    /// `const` items, associated ones too.
    pub consts: Vec<Const>,
    /// Structs, enums, unions, aliases.
    pub types: Vec<TypeDef>,
    /// Functions with bodies, methods and closures' owners too.
    pub functions: Vec<Function>,
    /// `impl Trait for Type`.
    pub impls: Vec<Impl>,
    /// Names that are declared in `extern` blocks.
    pub foreign: Vec<String>,
    /// `use` items, one per name that comes in.
    pub imports: Vec<Import>,
    /// `macro_rules!` items.
    pub macros: Vec<MacroDef>,
    /// Macro calls.
    pub expansions: Vec<Expansion>,
    /// The scopes, each after its parent. The first one is the file.
    pub scopes: Vec<Scope>,
    /// Every use of a name that is the name of a static or const somewhere in the package, in the
    /// order of the text.
    pub uses: Vec<Use>,
    /// Calls of functions by path, and of methods.
    pub calls: Vec<Call>,
    /// The text in `asm!` and `global_asm!`, and in string attributes: names in it are used.
    pub assembly: Vec<String>,
}

/// A `static` item.
#[derive(Debug, Clone)]
pub struct Static {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// From `static` to the type's end.
    pub head_span: Span,
    /// Whether it is `static mut`.
    pub mutable: bool,
    /// Its type.
    pub ty: Ty,
    /// What it begins with.
    pub init: Shape,
    /// Modules inside the file: `["inner"]`.
    pub module: Vec<String>,
    /// The scope that it stands in.
    pub scope: ScopeId,
    /// The function that it stands in.
    pub function: Option<FnId>,
    /// How far it is visible.
    pub visibility: Visibility,
    /// The attributes' paths: `no_mangle`, `used`, `link_section`, `export_name`.
    pub attributes: Vec<String>,
    /// The macro call in whose tokens it stands, or none.
    pub in_macro: Option<String>,
    /// Whether it stands in a test, or under `#[cfg(test)]`.
    pub in_tests: bool,
}

/// How far an item is visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// In its module.
    Private,
    /// `pub(crate)`, `pub(super)`, `pub(in …)`.
    Crate,
    /// `pub`.
    Public,
}

/// A `const` item.
#[derive(Debug, Clone)]
pub struct Const {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// From `const` to the type's end.
    pub head_span: Span,
    /// Its type.
    pub ty: Ty,
    /// Its value.
    pub init: Shape,
    /// Modules inside the file.
    pub module: Vec<String>,
    /// The function that it stands in.
    pub function: Option<FnId>,
    /// Whether it belongs to a trait or an `impl`; then the type's name, if it has one.
    pub owner: Option<String>,
    /// Whether it stands in a trait or an `impl` of a trait: its form was not this author's choice.
    pub of_trait: bool,
    /// How far it is visible.
    pub visibility: Visibility,
}

/// A type that is defined in the package.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Its name.
    pub name: String,
    /// Modules inside the file.
    pub module: Vec<String>,
    /// The types of its fields (of all variants), or the type that it is another name for.
    pub parts: Vec<Ty>,
    /// Its type parameters.
    pub parameters: Vec<String>,
    /// What it is.
    pub kind: TypeKind,
}

/// What a type definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeKind {
    /// `struct`
    Struct,
    /// `enum`
    Enum,
    /// `union`
    Union,
    /// `type A = B;`
    Alias,
}

/// `impl Trait for Type`.
#[derive(Debug, Clone)]
pub struct Impl {
    /// The last segment of the trait's path: `Sync`.
    pub of_trait: String,
    /// The type.
    pub ty: Ty,
    /// Whether it is an `unsafe impl`.
    pub is_unsafe: bool,
    /// From `impl` to the type's end.
    pub span: Span,
}

/// A function with a body.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// All of it.
    pub span: Span,
    /// Modules inside the file.
    pub module: Vec<String>,
    /// The type whose `impl` it stands in, or the trait.
    pub owner: Option<String>,
    /// Its type and const parameters, and those of its `impl` or trait (`Self` for a trait's own
    /// methods). Lifetimes do not count.
    pub generics: Vec<String>,
    /// The ABI, if it is `extern`.
    pub abi: Option<String>,
    /// How it takes `self`.
    pub receiver: Receiver,
    /// What it returns.
    pub output: Option<Ty>,
    /// The attributes' paths: `test`, `no_mangle`, `interrupt`, `tokio::main`.
    pub attributes: Vec<String>,
    /// Whether it is `const`.
    pub is_const: bool,
    /// How far it is visible.
    pub visibility: Visibility,
    /// The function in which it stands.
    pub parent: Option<FnId>,
    /// Its scope.
    pub scope: ScopeId,
    /// Whether it stands under `#[cfg(test)]`, or is a test.
    pub in_tests: bool,
}

/// How a method takes `self`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// It is no method.
    None,
    /// `self`
    Value,
    /// `&self`
    Shared,
    /// `&mut self`
    Mutable,
}

/// A name that a `use` item brings in.
#[derive(Debug, Clone)]
pub struct Import {
    /// The path: `["crate", "a", "COUNT"]`; for a glob, the path before it.
    pub path: Vec<String>,
    /// The name that it has here; `*` for a glob, `_` for none.
    pub name: String,
    /// Modules inside the file.
    pub module: Vec<String>,
    /// Where.
    pub span: Span,
}

/// A `macro_rules!` item.
#[derive(Debug, Clone)]
pub struct MacroDef {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Statics in what it expands to.
    pub statics: Vec<MacroStatic>,
    /// Whether it has `#[macro_export]`.
    pub exported: bool,
}

/// A `static` in the body of a macro's definition.
#[derive(Debug, Clone)]
pub struct MacroStatic {
    /// Its name, with the `$` if the caller names it.
    pub name: String,
    /// Whether the caller names it (`static $name: …`).
    pub named_by_caller: bool,
    /// Whether it is `static mut`.
    pub mutable: bool,
    /// From `static` to the name.
    pub span: Span,
    /// What stands between `:` and `=`.
    pub ty: String,
    /// Whether it belongs to the expansion, so that there can be no one for all: its type or value is made
    /// from the macro's arguments, or the body defines items that each expansion has for itself.
    pub of_expansion: bool,
    /// Whether the body uses the macro's arguments at all.
    pub uses_arguments: bool,
    /// Whether it stands in a `thread_local!`, which is one per thread anyhow.
    pub thread_local: bool,
}

/// A macro call.
#[derive(Debug, Clone)]
pub struct Expansion {
    /// The last segment of the macro's path.
    pub name: String,
    /// The whole path: `std::thread_local`.
    pub path: String,
    /// Where.
    pub span: Span,
    /// The scope that it stands in.
    pub scope: ScopeId,
    /// The macro in whose definition it stands, or none.
    pub in_definition_of: Option<String>,
    /// Whether it stands in a test, or under `#[cfg(test)]`.
    pub in_tests: bool,
    /// Names that the call defines (`lazy_static! { static ref A: … }`, `thread_local!`): each with its span.
    pub defines: Vec<(String, Span)>,
}

/// A call of a function or method.
#[derive(Debug, Clone)]
pub struct Call {
    /// The last segment of the path, or the method's name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// The scope.
    pub scope: ScopeId,
    /// The function.
    pub function: Option<FnId>,
    /// Whether it stands in a loop.
    pub in_loop: bool,
}

/// A part of a function under one condition.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The one around it.
    pub parent: Option<ScopeId>,
    /// What it is.
    pub kind: ScopeKind,
    /// Its extent; for what is guarded by an early return, from there to the end of the block; for what
    /// follows an `else`, that word.
    pub span: Span,
    /// The function that it belongs to.
    pub function: Option<FnId>,
}

/// What a scope is.
#[derive(Debug, Clone)]
pub enum ScopeKind {
    /// The file.
    File,
    /// A module in the file.
    Module,
    /// A function's body.
    Function,
    /// The initialiser of a `static` or `const`.
    Initialiser,
    /// A closure; with the method or function that it is an argument of: `call_once`, `spawn`.
    Closure {
        /// The last segment of the callee.
        callee: Option<String>,
        /// The static that the callee is a method of, if it is one: `INIT` in `INIT.call_once(…)`.
        receiver: Option<Vec<String>>,
    },
    /// A branch of an `if`, an arm of a `match`, the body of a `while`, or what follows an `if` that
    /// leaves the block.
    Branch(Condition),
    /// A loop's body: `for`, `while`, `loop`.
    Loop,
    /// While a guard is alive: `let guard = LOCK.lock().unwrap();`
    Held {
        /// The lock's path.
        lock: Vec<String>,
        /// `lock`, `read`, `write`, `borrow_mut`, `enter`, …
        method: String,
    },
    /// An `unsafe` block.
    Unsafe,
    /// A critical section that is given as a closure, or other code of which it is known that it
    /// runs alone: `interrupt::free`, `critical_section::with`.
    Critical,
    /// A block.
    Block,
}

/// What a branch hangs on. The uses that stand in `span` are what it looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The condition's text, in one line.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Whether the branch runs if the condition holds; for an arm, whether its pattern is one of
    /// those that mean "there": `Some`, `Ok`, `true`.
    pub holds: bool,
    /// Whether it is what follows an `if` that leaves (`if READY { return; }`).
    pub early_exit: bool,
}

/// A use of a static or const, by name or through a local variable that refers to it.
#[derive(Debug, Clone)]
pub struct Use {
    /// The path as it was written: `["super", "COUNT"]`.
    pub path: Vec<String>,
    /// Where the path stands (or the local variable that stands for it).
    pub span: Span,
    /// All of the expression: `COUNT.fetch_add(1, Relaxed)`.
    pub whole: Span,
    /// Modules inside the file.
    pub module: Vec<String>,
    /// The scope.
    pub scope: ScopeId,
    /// The function.
    pub function: Option<FnId>,
    /// What is done with it, from the inside out.
    pub steps: Vec<Step>,
    /// What becomes of the result.
    pub end: End,
    /// The local variable through which it was reached: `p` after `let p = &mut X;`.
    pub via: Option<String>,
    /// Whether it stands in a loop.
    pub in_loop: bool,
    /// The condition (its span) that it is part of.
    pub in_condition: Option<Span>,
    /// Whether it stands in the tokens of a macro that could not be parsed.
    pub in_macro: Option<String>,
}

/// One thing that is done with a value on the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `.name`, `.0`
    Field(String),
    /// `[i]`
    Index,
    /// `*x`
    Deref,
    /// `&x`, `&mut x`, `&raw const x`, `&raw mut x`, `addr_of!(x)`, `addr_of_mut!(x)`, a `ref` or
    /// `ref mut` pattern.
    Borrow {
        /// Whether it is a mutable one.
        mutable: bool,
        /// Whether it is a raw pointer.
        raw: bool,
    },
    /// `.name(args)`
    Method {
        /// Its name.
        name: String,
        /// The arguments' texts, each in one line.
        args: Vec<String>,
        /// Where the name stands.
        span: Span,
    },
    /// `x as T`
    Cast(String),
    /// `x?`
    Try,
    /// `x.await`
    Await,
}

/// What becomes of an expression's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// A statement: `x;`, `x.push(1);`
    Dropped,
    /// `x = value`
    Assigned(Shape),
    /// `x += …`; the operator, and the other side's text.
    Updated(String, String),
    /// An argument of a call or of a method; the callee's path, and which argument (from 0).
    Argument(String, usize),
    /// `let name = x;`
    Bound(String),
    /// Returned, by `return` or as the function's last expression.
    Returned,
    /// The value of an `if` or a `while`: `if x`, `if !x`.
    Condition,
    /// `match x`, `if let … = x`; the patterns' texts.
    Scrutinee(Vec<String>),
    /// An operand of `+`, `==`, `&&` and so on.
    Operand(String),
    /// Looped over: `for … in x`.
    Iterated,
    /// Put into a struct, tuple or array.
    Stored,
    /// The element of `[x; n]`.
    Repeated,
    /// An operand of inline assembly.
    Assembly,
    /// An argument of a macro that was parsed: `println!("{}", x)`.
    MacroArgument(String),
    /// In the tokens of a macro that could not be parsed.
    Tokens(String),
    /// Anything else: a value that is read.
    Read,
}
