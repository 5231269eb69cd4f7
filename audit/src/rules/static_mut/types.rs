//! What a static's type says, looked up in the package where it is one of its own.

use crate::{
    facts::{Ty, TypeDef, TypeKind},
    resolve::Resolved,
    rules::words::{LAZY, LOCKS, is_atomic},
};

/// Own types are looked into so deep.
const DEPTH: usize = 6;

/// Integers, floats, `bool`, `char`, and the package's own enums without fields.
pub(super) fn is_scalar(resolved: &Resolved<'_>, ty: &Ty) -> bool {
    is_number(ty)
        || own(resolved, ty)
            .is_some_and(|found| found.kind == TypeKind::Enum && found.parts.is_empty())
}

/// Numbers that no atomic can add to.
pub(super) fn is_float(ty: &Ty) -> bool {
    ty.is_one_of(&["f32", "f64", "c_float", "c_double"])
}

/// Numbers that no atomic is wide enough for.
pub(super) fn is_too_wide(ty: &Ty) -> bool {
    ty.is_one_of(&["u128", "i128"])
}

fn is_number(ty: &Ty) -> bool {
    ty.is_one_of(&[
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "bool",
        "char",
        "f32",
        "f64",
        "c_int",
        "c_uint",
        "c_long",
        "c_ulong",
        "c_char",
        "c_uchar",
        "c_short",
        "c_ushort",
        "size_t",
        "ssize_t",
        "c_double",
        "c_float",
        "c_longlong",
        "c_ulonglong",
    ])
}

/// 64 bits, which 32-bit targets may not have atomics for.
pub(super) fn is_wide(ty: &Ty) -> bool {
    ty.is_one_of(&["u64", "i64", "f64"])
}

/// What an `onset::RaceWord` takes: words that leave a value free in an atomic one.
pub(super) fn is_word(ty: &Ty) -> bool {
    ty.is_one_of(&[
        "bool", "char", "u8", "i8", "u16", "i16", "u32", "i32", "f32",
    ])
}

/// The atomic type for a scalar.
pub(super) fn atomic_for(ty: &Ty) -> String {
    match ty.name().unwrap_or_default() {
        "bool" => "AtomicBool".to_owned(),
        "char" => "AtomicU32".to_owned(),
        "f32" => "AtomicU32".to_owned(),
        "f64" => "AtomicU64".to_owned(),
        name if name.starts_with(['u', 'i']) && !name.contains('_') => {
            let (first, rest) = name.split_at(1);
            format!("Atomic{}{rest}", first.to_uppercase())
        }
        "c_uint" => "AtomicU32".to_owned(),
        "c_long" | "c_longlong" => "AtomicI64".to_owned(),
        "c_ulong" | "c_ulonglong" => "AtomicU64".to_owned(),
        "c_short" => "AtomicI16".to_owned(),
        "c_ushort" => "AtomicU16".to_owned(),
        "c_double" => "AtomicU64".to_owned(),
        "c_float" => "AtomicU32".to_owned(),
        "size_t" => "AtomicUsize".to_owned(),
        "ssize_t" => "AtomicIsize".to_owned(),
        "c_int" => "AtomicI32".to_owned(),
        _ => "AtomicU8".to_owned(),
    }
}

/// Growable collections.
pub(super) fn is_collection(ty: &Ty) -> bool {
    ty.name().is_some_and(|name| {
        ["Vec", "Map", "Set", "Deque", "Heap", "List"]
            .iter()
            .any(|end| name.ends_with(end))
            || name == "SlotMap"
    })
}

/// Arrays and other room for bytes.
pub(super) fn is_buffer(ty: &Ty) -> bool {
    match ty {
        Ty::Array(..) => true,
        Ty::Path { name, args, .. } => match name.as_str() {
            "MaybeUninit" | "Aligned" | "Align" => args.iter().any(is_buffer),
            "String" | "Vec" | "ArrayVec" | "ArrayString" => true,
            _ => false,
        },
        _ => false,
    }
}

/// The type of the value that a cell is to hold: without the `Option` or pointer that says whether it is
/// there, but with the reference, if it is one.
pub(super) fn value(ty: &Ty) -> &Ty {
    match ty {
        Ty::Ref { .. } => ty,
        Ty::Path { args, .. } if matches!(args.first(), Some(Ty::Other(_))) => ty,
        Ty::Path { name, args, .. }
            if matches!(
                name.as_str(),
                "Option" | "Box" | "MaybeUninit" | "ManuallyDrop" | "NonNull"
            ) =>
        {
            args.first().map_or(ty, value)
        }
        Ty::Ptr { to, .. } => value(to),
        other => other,
    }
}

/// The type inside of `Option`, `Box`, `MaybeUninit`, a pointer or reference.
pub(super) fn inner(ty: &Ty) -> &Ty {
    match value(ty) {
        Ty::Ref { to, .. } => inner(to),
        other => other,
    }
}

/// The package's own type of that name.
fn own<'a>(resolved: &Resolved<'a>, ty: &Ty) -> Option<&'a TypeDef> {
    let (_, found) = resolved.type_named(usize::MAX, ty.name()?)?;
    Some(found)
}

/// Whether something in a type changes behind a shared reference.
pub(super) fn has_interior(resolved: &Resolved<'_>, ty: &Ty) -> bool {
    any(resolved, ty, DEPTH, &|ty| {
        is_atomic(ty)
            || is_lock(ty)
            || ty.is_one_of(&[
                "Cell",
                "RefCell",
                "UnsafeCell",
                "SyncUnsafeCell",
                "VolatileCell",
                "Volatile",
            ])
    })
}

fn is_lock(ty: &Ty) -> bool {
    ty.is_one_of(LOCKS)
        || ty.is_one_of(LAZY)
        || ty.is_one_of(&[
            "Once",
            "Condvar",
            "Barrier",
            "ArcSwap",
            "ArcSwapOption",
            "DashMap",
        ])
}

/// Whether a type synchronises itself: an atomic, a lock, or a type of the package that is made of
/// nothing but those and plain data.
pub(super) fn synchronises_itself(resolved: &Resolved<'_>, ty: &Ty) -> bool {
    if is_atomic(ty) || is_lock(ty) {
        return true;
    }
    match ty {
        Ty::Array(of, Some(_)) => synchronises_itself(resolved, of),
        Ty::Path { .. } => own(resolved, ty).is_some_and(|found| {
            let at_all = found
                .parts
                .iter()
                .any(|part| any(resolved, part, DEPTH, &|ty| is_atomic(ty) || is_lock(ty)));
            at_all && !found.parts.iter().any(|part| lacks_sync(resolved, part))
        }),
        _ => false,
    }
}

/// Whether a type is not `Sync`, so that a plain `static` of it does not compile.
pub(super) fn lacks_sync(resolved: &Resolved<'_>, ty: &Ty) -> bool {
    let marked = |ty: &Ty| {
        let mut impls = resolved
            .package()
            .files
            .iter()
            .flat_map(|file| &file.facts.impls);
        impls.any(|found| found.of_trait == "Sync" && found.ty.name() == ty.name())
    };
    !marked(ty)
        && any(resolved, ty, DEPTH, &|part| {
            matches!(part, Ty::Ptr { .. })
                || part.is_one_of(&[
                    "Cell",
                    "RefCell",
                    "UnsafeCell",
                    "Rc",
                    "NonNull",
                    "OnceCell",
                    "LazyCell",
                ])
                || matches!(part, Ty::Other(text) if text.starts_with("dyn") && !text.contains("Sync"))
        })
}

/// Whether a type, or one that it holds by value, is such.
fn any(resolved: &Resolved<'_>, ty: &Ty, depth: usize, is_it: &dyn Fn(&Ty) -> bool) -> bool {
    if is_it(ty) {
        return true;
    }
    if depth == 0 {
        return false;
    }
    let below = |ty: &Ty| any(resolved, ty, depth - 1, is_it);
    match ty {
        Ty::Array(of, _) | Ty::Ref { to: of, .. } => below(of),
        Ty::Tuple(of) => of.iter().any(below),
        Ty::Path { args, .. } => match own(resolved, ty) {
            // An alias or struct of that name; an alias of itself (`type Vec = heapless::Vec`) ends.
            Some(found)
                if found.kind != TypeKind::Alias
                    || found.parts.iter().all(|part| part.name() != ty.name()) =>
            {
                found.parts.iter().any(below) || args.iter().any(below)
            }
            _ => args.iter().any(below),
        },
        _ => false,
    }
}
