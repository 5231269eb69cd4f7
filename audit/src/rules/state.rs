//! Whether a type holds state: something in it, by value, that changes behind a shared reference.

use super::words::{LAZY, LOCKS};
use crate::{
    facts::{Static, Ty, TypeDef},
    resolve::Resolved,
};

/// Types are looked into so deep.
const DEPTH: usize = 8;

/// Cells that are no locks and no lazies.
const CELLS: &[&str] = &[
    "Cell",
    "RefCell",
    "UnsafeCell",
    "SyncUnsafeCell",
    "Once",
    "Condvar",
    "Barrier",
    "ArcSwap",
    "ArcSwapOption",
    "DashMap",
    "SegQueue",
    "ArrayQueue",
    "AtomicCell",
];

/// Types that hold what they are given, by value.
const HOLDERS: &[&str] = &[
    "Option",
    "Result",
    "MaybeUninit",
    "ManuallyDrop",
    "Wrapping",
    "CachePadded",
    "Pin",
    "Saturating",
];

/// What a static holds.
pub(super) enum Held {
    /// Something that changes again and again; the type's name, or `static mut`.
    State(String),
    /// Something that is filled once: a lazy value, a `Once`.
    Once(String),
}

impl Held {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::State(name) | Self::Once(name) => name,
        }
    }
}

/// For asking what the types of a package hold.
pub(super) struct States<'a> {
    resolved: &'a Resolved<'a>,
}

impl<'a> States<'a> {
    pub(super) fn of(resolved: &'a Resolved<'a>) -> Self {
        Self { resolved }
    }

    /// The name of the type in `ty`, as file number `file` writes it, that holds state.
    pub(super) fn in_type(&self, file: usize, ty: &Ty) -> Option<String> {
        self.search(file, ty, DEPTH)
    }

    /// What a static holds that changes, in a cell that is filled once or without.
    pub(super) fn held(&self, file: usize, of: &Static) -> Option<Held> {
        if of.mutable {
            return Some(Held::State("static mut".to_owned()));
        }
        let name = self.in_type(file, &of.ty)?;
        // Of std and its likes, or the package's own.
        let outer = of.ty.name().unwrap_or_default();
        let words = ["Lazy", "Once", "Race"];
        let is_filled_once = words.iter().any(|word| outer.contains(word));
        if !is_filled_once || outer.ends_with("Map") {
            return Some(Held::State(name));
        }
        let mut inside = of.ty.args().iter().map(|ty| self.in_type(file, ty));
        let changing = inside.find_map(|name| name);
        Some(changing.map_or_else(|| Held::Once(outer.to_owned()), Held::State))
    }

    fn search(&self, file: usize, ty: &Ty, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match ty {
            Ty::Array(of, Some(_)) => self.search(file, of, depth),
            Ty::Tuple(of) => of.iter().find_map(|ty| self.search(file, ty, depth)),
            Ty::Path { name, args, .. } => match self.resolved.type_named(file, name) {
                Some((place, own)) => self.in_own(place, own, args, file, depth),
                None => self.in_foreign(file, self.real_name(file, name), args, depth),
            },
            _ => None,
        }
    }

    fn in_own(
        &self,
        place: usize,
        own: &TypeDef,
        args: &[Ty],
        file: usize,
        depth: usize,
    ) -> Option<String> {
        own.parts.iter().find_map(|part| {
            let parameter = part
                .name()
                .and_then(|name| own.parameters.iter().position(|known| known == name));
            match parameter.and_then(|number| args.get(number)) {
                Some(arg) => self.search(file, arg, depth),
                // An alias of the same name for another crate's type: `type Mutex<T> = spin::Mutex<T>`.
                None if part.name() == Some(&own.name) => {
                    self.in_foreign(place, &own.name, args, depth)
                }
                None => self.search(place, part, depth),
            }
        })
    }

    fn in_foreign(&self, file: usize, name: &str, args: &[Ty], depth: usize) -> Option<String> {
        if is_state(name) {
            return Some(name.to_owned());
        }
        let holds = HOLDERS.contains(&name);
        args.iter()
            .filter(|_| holds)
            .find_map(|arg| self.search(file, arg, depth))
    }

    /// The name that a type was imported under another one of.
    fn real_name<'b>(&'b self, file: usize, name: &'b str) -> &'b str {
        let imports = &self.resolved.facts(file).imports;
        let import = imports.iter().find(|import| import.name == name);
        import
            .and_then(|import| import.path.last())
            .map_or(name, String::as_str)
    }
}

/// Whether a type of that name holds state.
pub(super) fn is_state(name: &str) -> bool {
    name.starts_with("Atomic") && name.len() > "Atomic".len()
        || CELLS.contains(&name)
        || LOCKS.contains(&name)
        || LAZY.contains(&name)
}

/// The name in a type's text, as macros have it, that holds state.
pub(super) fn in_text(text: &str) -> Option<&str> {
    let mut words = text.split(|c: char| c != '_' && !c.is_alphanumeric());
    words.find(|word| is_state(word))
}
