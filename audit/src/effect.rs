//! What a use does to a static.

use crate::facts::{End, Shape, Step, Use};

/// What a use does to a static.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Its value, or something in it, is read.
    Read,
    /// All of it is replaced: `X = v`, `*p = v`, `ptr::write(&raw mut X, v)`, `mem::replace(&mut X, v)`.
    Replace(Option<Shape>),
    /// It is changed by what it was: `X += 1`; the operator and the other side.
    Update(String, String),
    /// A field or an element is written.
    WritePart,
    /// A method that changes it: `push`, `insert`, `take`.
    Mutate(String),
    /// A method of which it is not known whether it changes it.
    MayMutate(String),
    /// A method of atomics, cells and locks, which change behind a shared reference: `store`, `set`.
    Interior(String),
    /// A `&mut` (or a mutable raw pointer) goes elsewhere: to a function, a variable, a struct. To whom.
    Lend(String),
    /// A `&` or a `*const` goes elsewhere.
    Share(String),
    /// A `&mut` (or mutable pointer) is returned.
    HandOut,
    /// A `&` is returned.
    Show,
    /// It stands in inline assembly.
    Assembly,
    /// It stands in a macro's tokens, which nobody understands.
    Tokens(String),
}

impl Effect {
    /// Whether something may be written.
    #[must_use]
    pub fn may_write(&self) -> bool {
        !matches!(
            self,
            Self::Read | Self::Share(_) | Self::Show | Self::Interior(_)
        )
    }

    /// Whether something is written for certain.
    #[must_use]
    pub fn writes(&self) -> bool {
        matches!(
            self,
            Self::Replace(_) | Self::Update(..) | Self::WritePart | Self::Mutate(_)
        )
    }
}

/// How far a method's receiver is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    /// Not at all, or it is a value's copy that goes on.
    Reads,
    /// It gives a `&mut` into the receiver, or a guard that is as good as one.
    Opens,
    /// It changes the receiver.
    Changes,
    /// It changes it behind a shared reference.
    Interior,
    /// Not known.
    Unknown,
}

/// What is known of methods by their names, from std and the crates that everybody uses.
#[must_use]
pub fn known_method(name: &str) -> MethodKind {
    match name {
        "push" | "push_back" | "push_front" | "push_str" | "insert" | "extend"
        | "extend_from_slice" | "append" | "pop" | "pop_front" | "pop_back" | "remove"
        | "swap_remove" | "clear" | "truncate" | "resize" | "resize_with" | "retain" | "drain"
        | "sort" | "sort_by" | "sort_by_key" | "sort_unstable" | "dedup" | "reverse" | "fill"
        | "copy_from_slice" | "clone_from_slice" | "rotate_left" | "rotate_right"
        | "get_or_insert_with" | "get_or_insert" | "entry" | "reserve" | "shrink_to_fit"
        | "copy_within" | "swap_with_slice" | "write_bytes" | "set_len" | "write_fmt"
        | "write_str" | "write_all" | "read_exact" | "next" | "copy_from" | "write_volatile"
        | "split_off" => MethodKind::Changes,
        "as_mut"
        | "get_mut"
        | "as_deref_mut"
        | "iter_mut"
        | "as_mut_ptr"
        | "as_mut_slice"
        | "first_mut"
        | "last_mut"
        | "values_mut"
        | "assume_init_mut"
        | "get_unchecked_mut"
        | "split_at_mut"
        | "chunks_mut"
        | "chunks_exact_mut"
        | "deref_mut"
        | "as_mut_str"
        | "borrow_mut"
        | "lock"
        | "write"
        | "try_lock"
        | "try_write"
        | "try_borrow_mut"
        | "upgradable_read"
        | "blocking_lock"
        | "unwrap_unchecked_mut"
        | "peek_mut"
        | "back_mut"
        | "front_mut" => MethodKind::Opens,
        "store"
        | "fetch_add"
        | "fetch_sub"
        | "fetch_or"
        | "fetch_and"
        | "fetch_xor"
        | "fetch_nand"
        | "fetch_max"
        | "fetch_min"
        | "fetch_update"
        | "compare_exchange"
        | "compare_exchange_weak"
        | "compare_and_swap"
        | "set"
        | "call_once"
        | "call_once_force"
        | "get_or_init"
        | "get_or_try_init"
        | "swap"
        | "replace"
        | "take" => MethodKind::Interior,
        "load" | "len" | "is_empty" | "is_some" | "is_none" | "iter" | "get" | "contains"
        | "contains_key" | "clone" | "as_ref" | "as_deref" | "unwrap" | "expect" | "to_string"
        | "to_owned" | "to_vec" | "as_ptr" | "as_str" | "as_slice" | "first" | "last"
        | "borrow" | "read" | "copied" | "cloned" | "unwrap_or" | "unwrap_or_default"
        | "unwrap_or_else" | "map" | "and_then" | "is_null" | "cast" | "add" | "offset"
        | "wrapping_add" | "wrapping_sub" | "wrapping_mul" | "saturating_add"
        | "saturating_sub" | "checked_add" | "checked_sub" | "to_le_bytes" | "eq" | "ne"
        | "cmp" | "is_ok" | "is_err" | "ok" | "into_iter" | "keys" | "values" | "starts_with"
        | "ends_with" | "capacity" | "assume_init" | "assume_init_ref" | "assume_init_read"
        | "unwrap_unchecked" | "chunks" | "windows" | "find" | "position" | "any" | "all"
        | "enumerate" | "zip" | "rev" | "sum" | "max" | "min" | "as_bytes" | "is_completed"
        | "read_volatile" | "cast_const" | "into" | "abs" | "count_ones" | "leading_zeros"
        | "trailing_zeros" | "split" | "trim" | "to_lowercase" | "to_uppercase" | "is_positive"
        | "is_negative" | "pow" | "sqrt" | "binary_search" | "fold" | "trim_end" | "trim_start"
        | "chars" | "bytes" | "lines" | "parse" | "join" | "collect" | "concat" | "into_owned"
        | "char_indices" | "is_ascii" | "format" | "display" | "as_os_str" | "as_path"
        | "strip_prefix" | "wrapping_neg" | "rem_euclid" | "is_multiple_of" | "to_be_bytes"
        | "to_ne_bytes" | "to_bits" | "as_secs" | "as_millis" | "as_nanos" | "elapsed"
        | "duration_since" | "partial_cmp" | "hash" | "fmt" | "chunks_exact" | "skip"
        | "for_each" | "flat_map" | "filter_map" | "min_by_key" | "max_by_key" | "nth"
        | "rposition" | "iter_ones" | "exists" | "deref" | "force" | "then" | "then_some"
        | "is_some_and" | "is_none_or" | "map_or" | "filter" | "or" | "or_else" | "ok_or" => {
            MethodKind::Reads
        }
        _ => MethodKind::Unknown,
    }
}

/// What a use does; `method` knows of methods, first of all the package's own.
pub fn effect(used: &Use, method: impl Fn(&str) -> MethodKind) -> Effect {
    let mut place = Place::Whole;
    let mut reach = Reach::Place;
    // Methods that may change what they are called on, while what follows says more of it.
    let mut pending = None;
    for step in &used.steps {
        match step {
            Step::Field(_) | Step::Index => place = Place::Part,
            Step::Deref | Step::Try | Step::Await => {}
            // A pointer as a number, or without its `const`: whoever has it may write.
            Step::Cast(ty)
                if reach == Reach::Shared && (ty == "usize" || ty.starts_with("*mut")) =>
            {
                reach = Reach::Mutable;
            }
            Step::Cast(_) => {}
            // `MaybeUninit::write(v)`, `(&raw mut X).write(v)`
            Step::Method { name, args, .. }
                if name.starts_with("write") && args.len() == 1 && !name.ends_with("all") =>
            {
                return match place {
                    Place::Whole => Effect::Replace(None),
                    Place::Part => Effect::WritePart,
                };
            }
            Step::Borrow { mutable, .. } => reach = reach.borrowed(*mutable),
            Step::Method { name, .. } => match method(name) {
                MethodKind::Reads if copies(name) => return pending.unwrap_or(Effect::Read),
                MethodKind::Reads if refers(name) => reach = Reach::Shared,
                MethodKind::Reads => {}
                MethodKind::Opens => reach = Reach::Mutable,
                MethodKind::Changes if fills(name) => pending = Some(Effect::Mutate(name.clone())),
                MethodKind::Changes => return Effect::Mutate(name.clone()),
                MethodKind::Interior => {
                    pending = pending.or_else(|| Some(Effect::Interior(name.clone())));
                }
                MethodKind::Unknown => {
                    return pending.unwrap_or_else(|| Effect::MayMutate(name.clone()));
                }
            },
        }
    }
    pending.unwrap_or_else(|| at_end(used, place, reach))
}

/// Methods that give a value of its own.
fn copies(method: &str) -> bool {
    matches!(
        method,
        "clone"
            | "load"
            | "len"
            | "is_empty"
            | "is_some"
            | "is_none"
            | "copied"
            | "cloned"
            | "to_string"
            | "to_vec"
            | "to_owned"
            | "contains"
            | "contains_key"
            | "is_null"
            | "read_volatile"
            | "sum"
            | "any"
            | "all"
            | "count"
            | "fold"
            | "position"
            | "max"
            | "min"
            | "is_ok"
            | "is_err"
            | "eq"
            | "ne"
            | "cmp"
            | "parse"
            | "starts_with"
            | "ends_with"
            | "is_some_and"
            | "map_or"
            | "into_owned"
            | "capacity"
            | "is_completed"
            | "collect"
            | "join"
    )
}

/// Methods that give a shared reference.
fn refers(method: &str) -> bool {
    matches!(
        method,
        "as_ref"
            | "as_ptr"
            | "get"
            | "iter"
            | "as_deref"
            | "borrow"
            | "read"
            | "first"
            | "last"
            | "as_str"
            | "as_slice"
            | "as_bytes"
            | "trim"
            | "trim_end"
            | "trim_start"
            | "chars"
            | "bytes"
            | "lines"
            | "keys"
            | "values"
            | "assume_init_ref"
    )
}

/// Methods that fill what is not there yet, and give a `&mut` to it.
fn fills(method: &str) -> bool {
    matches!(method, "get_or_insert_with" | "get_or_insert" | "entry")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Whole,
    Part,
}

/// What the expression is so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The static itself, or a part of it.
    Place,
    /// A shared reference or pointer to it.
    Shared,
    /// A mutable one.
    Mutable,
}

impl Reach {
    fn borrowed(self, mutable: bool) -> Self {
        match (self, mutable) {
            (_, true) | (Self::Mutable, _) => Self::Mutable,
            _ => Self::Shared,
        }
    }
}

fn at_end(used: &Use, place: Place, reach: Reach) -> Effect {
    match &used.end {
        End::Assigned(shape) => match place {
            Place::Whole => Effect::Replace(Some(shape.clone())),
            Place::Part => Effect::WritePart,
        },
        End::Updated(op, by) => match place {
            Place::Whole => Effect::Update(op.clone(), by.clone()),
            Place::Part => Effect::WritePart,
        },
        End::Assembly => Effect::Assembly,
        // A macro that is not known may write what it is given as a place.
        End::MacroArgument(name) if !only_reads(name) && reach == Reach::Place => {
            Effect::Tokens(name.clone())
        }
        End::MacroArgument(name) if only_reads(name) => Effect::Read,
        End::Tokens(name) if reach != Reach::Shared => Effect::Tokens(name.clone()),
        End::Argument(callee, number) if is_write(callee, *number) => match place {
            Place::Whole => Effect::Replace(None),
            Place::Part => Effect::WritePart,
        },
        End::Argument(callee, _) if is_read(callee) => Effect::Read,
        End::Iterated if reach == Reach::Mutable => Effect::WritePart,
        end => goes(end, reach),
    }
}

/// Functions that write all of what one of their arguments points to.
fn is_write(callee: &str, number: usize) -> bool {
    let name = callee.rsplit("::").next().unwrap_or_default();
    let of_memory = callee.contains("ptr") || callee.contains("mem");
    let writes = matches!(
        name,
        "write"
            | "write_volatile"
            | "write_unaligned"
            | "replace"
            | "take"
            | "write_bytes"
            | "swap"
    );
    writes && of_memory && (number == 0 || name == "swap" && number == 1)
}

/// Macros of which it is known that they only read.
#[must_use]
pub fn only_reads(name: &str) -> bool {
    matches!(
        name,
        "println"
            | "print"
            | "eprintln"
            | "eprint"
            | "format"
            | "format_args"
            | "write"
            | "writeln"
            | "assert"
            | "assert_eq"
            | "assert_ne"
            | "debug_assert"
            | "debug_assert_eq"
            | "debug_assert_ne"
            | "panic"
            | "unreachable"
            | "todo"
            | "unimplemented"
            | "vec"
            | "matches"
            | "dbg"
            | "info"
            | "debug"
            | "trace"
            | "warn"
            | "error"
            | "log"
            | "bail"
            | "ensure"
            | "anyhow"
            | "concat"
            | "json"
            | "event"
            | "assert_matches"
            | "defmt"
            | "rprintln"
            | "hprintln"
            | "prop_assert"
            | "prop_assert_eq"
            | "serial_println"
            | "kprintln"
            | "printk"
            | "pr_info"
            | "pr_err"
    )
}

fn is_read(callee: &str) -> bool {
    let name = callee.rsplit("::").next().unwrap_or_default();
    callee.contains("ptr") && matches!(name, "read" | "read_volatile" | "read_unaligned")
        || matches!(name, "size_of_val" | "align_of_val" | "drop")
}

/// A value, reference or pointer that goes somewhere.
fn goes(end: &End, reach: Reach) -> Effect {
    let to = match end {
        End::Argument(callee, _) => callee.clone(),
        End::Bound(name) => format!("let {name}"),
        End::Stored => "a value".to_owned(),
        End::MacroArgument(name) => format!("{name}!"),
        End::Returned => {
            return match reach {
                Reach::Mutable => Effect::HandOut,
                Reach::Shared => Effect::Show,
                Reach::Place => Effect::Read,
            };
        }
        _ => return Effect::Read,
    };
    match reach {
        Reach::Place => Effect::Read,
        // What the variable is used for was written down as uses of the static.
        Reach::Mutable | Reach::Shared if matches!(end, End::Bound(_)) => Effect::Read,
        Reach::Shared => Effect::Share(to),
        Reach::Mutable => Effect::Lend(to),
    }
}
