//! Items: statics, types, functions, modules.

use proc_macro2::Span as TokenSpan;
use syn::{Attribute, Item, spanned::Spanned};

use super::{
    super::{
        model::{
            Const, FnId, Function, Impl, Import, Receiver, ScopeKind, Static, TypeDef, TypeKind,
            Visibility,
        },
        shape::{Shape, last_segment, one_line, segments},
        ty::Ty,
    },
    Owner, Walker,
    locals::Locals,
};

impl Walker<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Static(item) => self.static_item(item),
            Item::Const(item) => {
                let owner = None;
                let declared = Declared {
                    ident: &item.ident,
                    ty: &item.ty,
                    start: item.const_token.span,
                    vis: &item.vis,
                };
                self.const_item(&declared, Some(&item.expr), owner);
            }
            Item::Fn(item) => {
                let signature = Signature {
                    sig: &item.sig,
                    vis: &item.vis,
                    attrs: &item.attrs,
                    block: &item.block,
                };
                self.fn_item(&signature);
            }
            Item::Mod(item) => self.mod_item(item),
            Item::Impl(item) => self.impl_item(item),
            Item::Trait(item) => self.trait_item(item),
            Item::Struct(item) => {
                let parts = item.fields.iter().map(|field| Ty::of(&field.ty)).collect();
                self.type_item(&item.ident, &item.generics, TypeKind::Struct, parts);
            }
            Item::Enum(item) => {
                let fields = item.variants.iter().flat_map(|variant| &variant.fields);
                let parts = fields.map(|field| Ty::of(&field.ty)).collect();
                self.type_item(&item.ident, &item.generics, TypeKind::Enum, parts);
            }
            Item::Union(item) => {
                let parts = item
                    .fields
                    .named
                    .iter()
                    .map(|field| Ty::of(&field.ty))
                    .collect();
                self.type_item(&item.ident, &item.generics, TypeKind::Union, parts);
            }
            Item::Type(item) => {
                self.type_item(
                    &item.ident,
                    &item.generics,
                    TypeKind::Alias,
                    vec![Ty::of(&item.ty)],
                );
            }
            Item::Use(item) => self.import(&item.tree, &mut Vec::new()),
            Item::ForeignMod(item) => self.foreign(item),
            Item::Macro(item) => self.macro_item(item),
            _ => {}
        }
    }

    fn static_item(&mut self, item: &syn::ItemStatic) {
        let found = Static {
            name: item.ident.to_string(),
            name_span: self.span(item.ident.span()),
            head_span: self.between(item.static_token.span, item.ty.span()),
            mutable: matches!(item.mutability, syn::StaticMutability::Mut(_)),
            ty: Ty::of(&item.ty),
            init: Shape::of(&item.expr),
            module: self.module.clone(),
            scope: self.scope,
            function: self.function,
            visibility: visibility(&item.vis),
            attributes: attribute_names(&item.attrs),
            in_macro: self.in_macro.clone(),
            in_tests: self.in_tests,
        };
        self.facts.statics.push(found);
        self.initialiser(&item.expr);
    }

    fn const_item(&mut self, item: &Declared<'_>, value: Option<&syn::Expr>, owner: Option<Owner>) {
        if let Some(value) = value {
            let found = Const {
                name: item.ident.to_string(),
                name_span: self.span(item.ident.span()),
                head_span: self.between(item.start, item.ty.span()),
                ty: Ty::of(item.ty),
                init: Shape::of(value),
                module: self.module.clone(),
                function: self.function,
                of_trait: owner.as_ref().is_some_and(|owner| owner.of_trait),
                owner: owner.and_then(|owner| owner.name),
                visibility: visibility(item.vis),
            };
            self.facts.consts.push(found);
            self.initialiser(value);
        }
    }

    /// The value of a static or constant: its own scope, and no local variables.
    fn initialiser(&mut self, value: &syn::Expr) {
        let span = self.span_of(value);
        self.apart(|walker| {
            walker.scoped(ScopeKind::Initialiser, span, |walker| walker.value(value));
        });
    }

    pub(super) fn fn_item(&mut self, item: &Signature<'_>) {
        let id = self.function_of(item);
        self.apart(|walker| {
            // An item in a function is not generic in what is around it.
            let owner = walker.owner.take();
            let tests = walker.in_tests;
            walker.in_tests = walker.facts.functions[id].in_tests;
            walker.function = Some(id);
            let span = walker.span(item.block.brace_token.span.join());
            walker.scoped(ScopeKind::Function, span, |walker| {
                walker.facts.functions[id].scope = walker.scope;
                walker.parameters(&item.sig.inputs);
                walker.body(item.block);
            });
            walker.in_tests = tests;
            walker.owner = owner;
        });
    }

    /// Writes the function down, without its body.
    fn function_of(&mut self, item: &Signature<'_>) -> FnId {
        let owner = self.owner.clone();
        let mut generics = parameters(&item.sig.generics);
        let anonymous = |input: &syn::FnArg| matches!(input, syn::FnArg::Typed(input) if one_line(&input.ty).contains("impl "));
        if item.sig.inputs.iter().any(anonymous) {
            generics.push("impl Trait".to_owned());
        }
        generics.extend(owner.iter().flat_map(|owner| owner.generics.clone()));
        let attributes = attribute_names(item.attrs);
        let found = Function {
            name: item.sig.ident.to_string(),
            name_span: self.span(item.sig.ident.span()),
            span: self.between(item.sig.fn_token.span, item.block.brace_token.span.close()),
            module: self.module.clone(),
            owner: owner.and_then(|owner| owner.name),
            generics,
            abi: item.sig.abi.as_ref().map(abi),
            receiver: receiver(item.sig),
            output: match &item.sig.output {
                syn::ReturnType::Default => None,
                syn::ReturnType::Type(_, ty) => Some(Ty::of(ty)),
            },
            in_tests: self.in_tests || is_test(item.attrs),
            attributes,
            is_const: item.sig.constness.is_some(),
            visibility: visibility(item.vis),
            parent: self.function,
            scope: self.scope,
        };
        self.facts.functions.push(found);
        self.facts.functions.len() - 1
    }

    /// Runs `inside` without the local variables, conditions and loops of here.
    fn apart(&mut self, inside: impl FnOnce(&mut Self)) {
        let function = self.function;
        let locals = std::mem::take(&mut self.locals);
        let condition = self.in_condition.take();
        let loops = std::mem::take(&mut self.loops);
        inside(self);
        self.function = function;
        self.locals = locals;
        self.in_condition = condition;
        self.loops = loops;
    }

    fn mod_item(&mut self, item: &syn::ItemMod) {
        let Some((_, items)) = &item.content else {
            return;
        };
        let tests = self.in_tests;
        self.in_tests |= is_test(&item.attrs);
        self.module.push(item.ident.to_string());
        let span = self.span_of(&item.ident);
        self.scoped(ScopeKind::Module, span, |walker| {
            for item in items {
                walker.item(item);
            }
        });
        self.module.pop();
        self.in_tests = tests;
    }

    fn impl_item(&mut self, item: &syn::ItemImpl) {
        let ty = Ty::of(&item.self_ty);
        if let Some((of_trait, _)) = &item.trait_ {
            self.facts.impls.push(Impl {
                of_trait: last_segment(of_trait),
                ty: ty.clone(),
                is_unsafe: item.unsafety.is_some(),
                span: self.between(item.impl_token.span, item.self_ty.span()),
            });
        }
        let owner = Owner {
            name: ty.name().map(str::to_owned),
            generics: parameters(&item.generics),
            of_trait: item.trait_.is_some(),
        };
        let around = self.owner.replace(owner);
        for item in &item.items {
            match item {
                syn::ImplItem::Fn(item) => {
                    let signature = Signature {
                        sig: &item.sig,
                        vis: &item.vis,
                        attrs: &item.attrs,
                        block: &item.block,
                    };
                    self.fn_item(&signature);
                }
                syn::ImplItem::Const(item) => {
                    let declared = Declared {
                        ident: &item.ident,
                        ty: &item.ty,
                        start: item.const_token.span,
                        vis: &item.vis,
                    };
                    self.const_item(&declared, Some(&item.expr), self.owner.clone());
                }
                syn::ImplItem::Macro(item) => self.item_macro(&item.mac, None),
                _ => {}
            }
        }
        self.owner = around;
    }

    fn trait_item(&mut self, item: &syn::ItemTrait) {
        let mut generics = parameters(&item.generics);
        generics.push("Self".to_owned());
        let owner = Owner {
            name: Some(item.ident.to_string()),
            generics,
            of_trait: true,
        };
        let around = self.owner.replace(owner);
        for item in &item.items {
            match item {
                syn::TraitItem::Fn(item) => {
                    if let Some(block) = &item.default {
                        let signature = Signature {
                            sig: &item.sig,
                            vis: &syn::Visibility::Inherited,
                            attrs: &item.attrs,
                            block,
                        };
                        self.fn_item(&signature);
                    }
                }
                syn::TraitItem::Const(item) => {
                    let value = item.default.as_ref().map(|(_, value)| value);
                    let inherited = syn::Visibility::Inherited;
                    let declared = Declared {
                        ident: &item.ident,
                        ty: &item.ty,
                        start: item.const_token.span,
                        vis: &inherited,
                    };
                    self.const_item(&declared, value, self.owner.clone());
                }
                _ => {}
            }
        }
        self.owner = around;
    }

    fn type_item(
        &mut self,
        ident: &syn::Ident,
        generics: &syn::Generics,
        kind: TypeKind,
        parts: Vec<Ty>,
    ) {
        let module = self.module.clone();
        let parameters = parameters(generics);
        self.facts.types.push(TypeDef {
            name: ident.to_string(),
            module,
            parts,
            parameters,
            kind,
        });
    }

    fn import(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        let mut add = |name: &syn::Ident, as_name: String, span| {
            let mut path = before.clone();
            if name != "self" {
                path.push(name.to_string());
            }
            let module = self.module.clone();
            self.facts.imports.push(Import {
                path,
                name: as_name,
                module,
                span,
            });
        };
        match tree {
            syn::UseTree::Name(item) => {
                let name = if item.ident == "self" {
                    before.last().cloned().unwrap_or_default()
                } else {
                    item.ident.to_string()
                };
                let span = item.ident.span().byte_range();
                add(
                    &item.ident,
                    name,
                    span.start + self.offset..span.end + self.offset,
                );
            }
            syn::UseTree::Rename(item) => {
                let span = item.ident.span().byte_range();
                add(
                    &item.ident,
                    item.rename.to_string(),
                    span.start + self.offset..span.end + self.offset,
                );
            }
            syn::UseTree::Glob(item) => {
                let span = self.span_of(item);
                let (path, module) = (before.clone(), self.module.clone());
                self.facts.imports.push(Import {
                    path,
                    name: "*".to_owned(),
                    module,
                    span,
                });
            }
            syn::UseTree::Path(item) => {
                before.push(item.ident.to_string());
                self.import(&item.tree, before);
                before.pop();
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before);
                }
            }
        }
    }

    fn foreign(&mut self, item: &syn::ItemForeignMod) {
        for item in &item.items {
            match item {
                syn::ForeignItem::Fn(item) => self.facts.foreign.push(item.sig.ident.to_string()),
                syn::ForeignItem::Static(item) => self.facts.foreign.push(item.ident.to_string()),
                _ => {}
            }
        }
    }

    fn parameters(&mut self, inputs: &syn::punctuated::Punctuated<syn::FnArg, syn::Token![,]>) {
        self.locals = Locals::default();
        for input in inputs {
            if let syn::FnArg::Typed(input) = input {
                self.bind_plain(&input.pat);
            }
        }
    }
}

/// What functions and methods have in common.
pub(super) struct Signature<'a> {
    pub(super) sig: &'a syn::Signature,
    pub(super) vis: &'a syn::Visibility,
    pub(super) attrs: &'a [Attribute],
    pub(super) block: &'a syn::Block,
}

/// What constants have in common, wherever they stand.
struct Declared<'a> {
    ident: &'a syn::Ident,
    ty: &'a syn::Type,
    start: TokenSpan,
    vis: &'a syn::Visibility,
}

fn visibility(vis: &syn::Visibility) -> Visibility {
    match vis {
        syn::Visibility::Public(_) => Visibility::Public,
        syn::Visibility::Restricted(_) => Visibility::Crate,
        syn::Visibility::Inherited => Visibility::Private,
    }
}

/// Type and const parameters; lifetimes do not make a function more than one.
fn parameters(generics: &syn::Generics) -> Vec<String> {
    let of_types = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            syn::GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
            syn::GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
            syn::GenericParam::Lifetime(_) => None,
            #[allow(unreachable_patterns, reason = "the parser may learn further kinds")]
            _ => None,
        });
    of_types.collect()
}

fn receiver(sig: &syn::Signature) -> Receiver {
    let Some(receiver) = sig.receiver() else {
        return Receiver::None;
    };
    match one_line(receiver).as_str() {
        "self" | "mut self" => Receiver::Value,
        text if text.starts_with("&") && text.contains("mut self") => Receiver::Mutable,
        text if text.contains("&mut") => Receiver::Mutable,
        _ => Receiver::Shared,
    }
}

fn abi(abi: &syn::Abi) -> String {
    abi.name
        .as_ref()
        .map_or_else(|| "C".to_owned(), syn::LitStr::value)
}

/// The attributes' paths; of `#[unsafe(no_mangle)]` and `#[cfg_attr(…, no_mangle)]` the inner ones.
fn attribute_names(attributes: &[Attribute]) -> Vec<String> {
    let mut names = Vec::new();
    for attribute in attributes {
        let path = segments(attribute.path()).join("::");
        if let ("unsafe" | "cfg_attr", syn::Meta::List(list)) = (path.as_str(), &attribute.meta) {
            let inside = list
                .tokens
                .clone()
                .into_iter()
                .filter_map(|token| match token {
                    proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
                    _ => None,
                });
            names.extend(inside);
        }
        names.push(path);
    }
    names
}

/// Whether a function or module is there for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let name = last_segment(attribute.path());
        name == "test" || name == "cfg" && one_line(&attribute.meta).contains("test")
    })
}
