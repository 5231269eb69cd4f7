//! Which static or constant a use means, over all the files of a package.
//!
//! By the rules of the language as far as names go: the innermost function's own statics, the
//! module's, what is imported, what a path says. Where that leads nowhere (a re-export, a glob from a
//! re-exporting module, the tokens of a macro) the name alone has to do, and the use is *unsure*.

use std::collections::HashMap;

use crate::{
    facts::{Const, FileFacts, Function, Import, ScopeId, Static, TypeDef, Use},
    package::Package,
};

/// A use, and how sure it is whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UseRef {
    /// The file.
    pub file: usize,
    /// The number of the use in it.
    pub index: usize,
    /// Whether the path leads to this item and to no other.
    pub sure: bool,
}

/// The number of a file, and of a static or constant in it.
pub type ItemRef = (usize, usize);

/// The uses of each static and constant of a package.
pub struct Resolved<'a> {
    package: &'a Package,
    types: HashMap<&'a str, Vec<(usize, &'a TypeDef)>>,
    statics: HashMap<ItemRef, Vec<UseRef>>,
    consts: HashMap<ItemRef, Vec<UseRef>>,
}

impl<'a> Resolved<'a> {
    /// Resolves every use of the package.
    #[must_use]
    pub fn of(package: &'a Package) -> Self {
        let mut types: HashMap<&str, Vec<(usize, &TypeDef)>> = HashMap::new();
        for (file, found) in package.files.iter().enumerate() {
            for ty in &found.facts.types {
                types.entry(&ty.name).or_default().push((file, ty));
            }
        }
        let mut resolved = Self {
            package,
            types,
            statics: HashMap::new(),
            consts: HashMap::new(),
        };
        let items = Items::of(package);
        for (file, found) in package.files.iter().enumerate() {
            for (index, used) in found.facts.uses.iter().enumerate() {
                resolved.add(&items, file, index, used);
            }
        }
        resolved
    }

    fn add(&mut self, items: &Items<'_>, file: usize, index: usize, used: &Use) {
        let meant = items.meant(file, used);
        for item in meant {
            let sure = item.sure;
            let uses = if item.is_static {
                &mut self.statics
            } else {
                &mut self.consts
            };
            uses.entry(item.at)
                .or_default()
                .push(UseRef { file, index, sure });
        }
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &'a Package {
        self.package
    }

    /// The package's own type of that name, and its file: this file's first.
    #[must_use]
    pub fn type_named(&self, file: usize, name: &str) -> Option<(usize, &'a TypeDef)> {
        let all = self.types.get(name)?;
        let own = all.iter().find(|(place, _)| *place == file);
        own.or_else(|| all.first()).copied()
    }

    /// The statics, with their uses, in the order of files and text.
    pub fn statics(&self) -> impl Iterator<Item = (ItemRef, &'a Static, &[UseRef])> {
        let files = self.package.files.iter().enumerate();
        files.flat_map(move |(file, found)| {
            let statics = found.facts.statics.iter().enumerate();
            statics.map(move |(number, item)| ((file, number), item, self.uses_of((file, number))))
        })
    }

    /// The constants, with their uses.
    pub fn consts(&self) -> impl Iterator<Item = (ItemRef, &'a Const, &[UseRef])> {
        let files = self.package.files.iter().enumerate();
        files.flat_map(move |(file, found)| {
            let consts = found.facts.consts.iter().enumerate();
            consts.map(move |(number, item)| {
                let uses = self
                    .consts
                    .get(&(file, number))
                    .map_or(&[][..], Vec::as_slice);
                ((file, number), item, uses)
            })
        })
    }

    /// The uses of a static.
    #[must_use]
    pub fn uses_of(&self, item: ItemRef) -> &[UseRef] {
        self.statics.get(&item).map_or(&[], Vec::as_slice)
    }

    /// A use.
    #[must_use]
    pub fn used(&self, at: UseRef) -> &'a Use {
        &self.package.files[at.file].facts.uses[at.index]
    }

    /// The facts of a file.
    #[must_use]
    pub fn facts(&self, file: usize) -> &'a FileFacts {
        &self.package.files[file].facts
    }

    /// The function that a use stands in.
    #[must_use]
    pub fn function(&self, at: UseRef) -> Option<&'a Function> {
        let function = self.used(at).function?;
        Some(&self.facts(at.file).functions[function])
    }

    /// The path of a module of the package, with its name: `name::a::b`.
    #[must_use]
    pub fn module_path(&self, file: usize, inside: &[String]) -> String {
        let name = std::iter::once(&self.package.name);
        let all: Vec<&str> = name
            .chain(&self.facts(file).module)
            .chain(inside)
            .map(String::as_str)
            .collect();
        all.join("::")
    }
}

/// The scopes from one outwards, itself first.
pub fn outwards(facts: &FileFacts, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
    std::iter::successors(Some(scope), |&scope| facts.scopes[scope].parent)
}

/// Whether a scope lies in another, or is it.
#[must_use]
pub fn lies_in(facts: &FileFacts, scope: ScopeId, outer: ScopeId) -> bool {
    outwards(facts, scope).any(|scope| scope == outer)
}

/// A static or constant that a name may mean.
#[derive(Clone)]
struct Item {
    at: ItemRef,
    is_static: bool,
    /// The module, from the crate's root.
    module: Vec<String>,
    /// The scope that it stands in.
    scope: ScopeId,
    /// The same, of one that stands in a function.
    within: Option<ScopeId>,
    /// The type or trait, of an associated constant.
    owner: Option<String>,
    sure: bool,
}

struct Items<'a> {
    package: &'a Package,
    by_name: HashMap<&'a str, Vec<Item>>,
}

impl<'a> Items<'a> {
    fn of(package: &'a Package) -> Self {
        let mut by_name: HashMap<&str, Vec<Item>> = HashMap::new();
        for (file, found) in package.files.iter().enumerate() {
            let facts = &found.facts;
            let place = |inside: &[String]| [&facts.module[..], inside].concat();
            for (number, item) in facts.statics.iter().enumerate() {
                let within = item.function.map(|_| item.scope);
                let (module, owner, scope) = (place(&item.module), None, item.scope);
                let found = Item {
                    at: (file, number),
                    is_static: true,
                    module,
                    scope,
                    within,
                    owner,
                    sure: true,
                };
                by_name.entry(&item.name).or_default().push(found);
            }
            for (number, item) in facts.consts.iter().enumerate() {
                let within = item
                    .function
                    .map(|function| facts.functions[function].scope);
                let (module, owner, scope) = (place(&item.module), item.owner.clone(), 0);
                let found = Item {
                    at: (file, number),
                    is_static: false,
                    module,
                    scope,
                    within,
                    owner,
                    sure: true,
                };
                by_name.entry(&item.name).or_default().push(found);
            }
        }
        Self { package, by_name }
    }

    /// What a use may mean: one item, or several if only the name is known.
    fn meant(&self, file: usize, used: &Use) -> Vec<Item> {
        let Some((name, before)) = used.path.split_last() else {
            return Vec::new();
        };
        if let Some(import) = self.renaming(file, used) {
            let here = [&self.package.files[file].facts.module[..], &used.module].concat();
            let items = import
                .path
                .last()
                .and_then(|name| self.by_name.get(name.as_str()));
            return items.map_or_else(Vec::new, |items| self.by_import(import, items, &here));
        }
        let Some(items) = self.by_name.get(name.as_str()) else {
            return Vec::new();
        };
        let facts = &self.package.files[file].facts;
        let here = [&facts.module[..], &used.module].concat();
        if before.is_empty() {
            self.by_name_alone(file, used, items, &here)
        } else {
            self.by_path(before, items, &here)
        }
    }

    /// The import that gives a use's name to something of another name.
    fn renaming(&self, file: usize, used: &Use) -> Option<&'a Import> {
        let [name] = used.path.as_slice() else {
            return None;
        };
        let imports = &self.package.files[file].facts.imports;
        imports.iter().find(|import| {
            import.name == *name
                && import.module == used.module
                && import.path.last().is_some_and(|last| last != name)
        })
    }

    fn by_name_alone(&self, file: usize, used: &Use, items: &[Item], here: &[String]) -> Vec<Item> {
        let facts = &self.package.files[file].facts;
        // A local variable that stands for a static may be used outside of the block that hides the static.
        let seen = |scope: ScopeId| {
            lies_in(facts, used.scope, scope)
                || used.via.is_some() && facts.scopes[scope].function == used.function
        };
        let local = |item: &&Item| {
            item.at.0 == file && item.owner.is_none() && item.within.is_some_and(seen)
        };
        if let Some(item) = items.iter().filter(local).max_by_key(|item| item.within) {
            return vec![item.clone()];
        }
        let outer: Vec<&Item> = items
            .iter()
            .filter(|item| item.within.is_none() && item.owner.is_none())
            .collect();
        let own = alternatives(&outer, here, |item| {
            item.at.0 != file || lies_in(facts, used.scope, item.scope)
        });
        if !own.is_empty() {
            return own;
        }
        let imports = || {
            facts
                .imports
                .iter()
                .filter(|import| import.module == used.module)
        };
        let name = &used.path[0];
        if let Some(import) = imports().find(|import| import.name == *name) {
            return self.by_import(import, items, here);
        }
        for glob in imports().filter(|import| import.name == "*") {
            for module in self.absolute(&glob.path, here) {
                let found = alternatives(&outer, &module, |_| true);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        // Not to be seen from here by what was read: perhaps by a glob, perhaps from a macro.
        let loose = used.in_macro.is_some() || imports().any(|import| import.name == "*");
        if loose {
            same_root(&outer, here)
        } else {
            Vec::new()
        }
    }

    fn by_import(&self, import: &Import, items: &[Item], here: &[String]) -> Vec<Item> {
        let Some((_, before)) = import.path.split_last() else {
            return Vec::new();
        };
        let starts_here = import
            .path
            .first()
            .is_some_and(|first| self.is_ours(first, here));
        if starts_here {
            self.by_path(before, items, here)
        } else {
            Vec::new()
        }
    }

    /// Whether a path that begins so leads into this package.
    fn is_ours(&self, first: &str, here: &[String]) -> bool {
        let is_module = |file: &crate::package::File| {
            let module = &file.facts.module;
            module.len() > here.len() && module.starts_with(here) && module[here.len()] == first
                || module.first().is_some_and(|name| name == first)
        };
        matches!(first, "crate" | "self" | "super")
            || first == self.package.name
            || self.package.files.iter().any(is_module)
    }

    fn by_path(&self, before: &[String], items: &[Item], here: &[String]) -> Vec<Item> {
        for module in self.absolute(before, here) {
            let outer: Vec<&Item> = items
                .iter()
                .filter(|item| item.within.is_none() && item.owner.is_none())
                .collect();
            let found = alternatives(&outer, &module, |_| true);
            if !found.is_empty() {
                return found;
            }
        }
        let last = before.last().map(String::as_str).unwrap_or_default();
        let owned: Vec<&Item> = items
            .iter()
            .filter(|item| item.owner.as_deref() == Some(last))
            .collect();
        if !owned.is_empty() {
            return same_root(&owned, here);
        }
        if last == "Self" {
            return same_root(
                &items
                    .iter()
                    .filter(|item| item.owner.is_some())
                    .collect::<Vec<_>>(),
                here,
            );
        }
        // A re-export, or a module that was renamed: the name alone, if the path may lead here.
        let may_be = |item: &&Item| {
            item.within.is_none()
                && item.owner.is_none()
                && (item.module.last().is_some_and(|module| module == last)
                    || matches!(last, "crate" | "super" | "self")
                    || last == self.package.name)
        };
        same_root(&items.iter().filter(may_be).collect::<Vec<_>>(), here)
    }

    /// The modules that a path may name, seen from `here`.
    fn absolute(&self, path: &[String], here: &[String]) -> Vec<Vec<String>> {
        let root = &here[..usize::from(has_own_root(here))];
        let Some((first, rest)) = path.split_first() else {
            return vec![here.to_vec()];
        };
        match first.as_str() {
            "crate" => vec![[root, rest].concat()],
            "self" => vec![[here, rest].concat()],
            "super" => {
                let ups = path
                    .iter()
                    .take_while(|segment| *segment == "super")
                    .count();
                let kept = here.len().saturating_sub(ups);
                vec![[&here[..kept], &path[ups..]].concat()]
            }
            name if name == self.package.name => vec![rest.to_vec()],
            _ => vec![[here, path].concat(), [root, path].concat()],
        }
    }
}

/// Those of a module: one, or several of which `cfg` leaves one.
fn alternatives(items: &[&Item], module: &[String], seen: impl Fn(&Item) -> bool) -> Vec<Item> {
    items
        .iter()
        .filter(|item| item.module == module && seen(item))
        .map(|item| (*item).clone())
        .collect()
}

/// Whether a module path begins with the name of a root of its own: `(tests/it)`.
fn has_own_root(module: &[String]) -> bool {
    module.first().is_some_and(|first| first.starts_with('('))
}

/// Of items that only their name speaks for, those that can be seen: of this root, or of the library.
fn same_root(items: &[&Item], here: &[String]) -> Vec<Item> {
    let root = here.first().filter(|_| has_own_root(here));
    let seen = items
        .iter()
        .filter(|item| !has_own_root(&item.module) || item.module.first() == root);
    seen.map(|item| Item {
        sure: items.len() == 1,
        ..(*item).clone()
    })
    .collect()
}
