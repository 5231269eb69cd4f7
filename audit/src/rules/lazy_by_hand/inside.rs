//! What stands behind a lock.

use crate::{
    facts::{Ty, TypeKind},
    resolve::Resolved,
    rules::words::{LAZY, LOCKS},
};

/// What stands behind a lock.
pub(super) enum Inside<'a> {
    /// `Option<T>`
    Option(&'a Ty),
    /// A map, or an `Option` of one.
    Map(&'a Ty),
}

impl<'a> Inside<'a> {
    /// What stands behind the lock that a static of this type is, if that is one of the two.
    pub(super) fn of(resolved: &Resolved<'a>, file: usize, ty: &'a Ty) -> Option<Self> {
        inside(resolved, file, lock(ty)?)
    }
}

/// The lock in a type, behind lazy values.
fn lock(ty: &Ty) -> Option<&Ty> {
    let name = ty.name()?;
    if LOCKS.contains(&name) {
        return Some(ty);
    }
    ty.args()
        .first()
        .filter(|_| LAZY.contains(&name))
        .and_then(lock)
}

fn inside<'a>(resolved: &Resolved<'a>, file: usize, lock: &'a Ty) -> Option<Inside<'a>> {
    let value = alias(resolved, file, lock.args().first()?);
    let is_map = |ty: &Ty| {
        let name = ty.name().unwrap_or_default();
        name.ends_with("Map") && resolved.type_named(file, name).is_none()
    };
    if value.is_one_of(&["Option"]) {
        let inner = alias(resolved, file, value.args().first()?);
        return Some(if is_map(inner) {
            Inside::Map(inner)
        } else {
            Inside::Option(inner)
        });
    }
    is_map(value).then_some(Inside::Map(value))
}

/// What a type without parameters is another name for.
fn alias<'a>(resolved: &Resolved<'a>, file: usize, ty: &'a Ty) -> &'a Ty {
    let named = ty.name().and_then(|name| resolved.type_named(file, name));
    match named {
        Some((_, found)) if found.kind == TypeKind::Alias && found.parameters.is_empty() => {
            found.parts.first().unwrap_or(ty)
        }
        _ => ty,
    }
}
