//! Every block of the guide (`docs/guide`), compiled and run: `cargo test -p guide-tests`.

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/README.md")]
mod introduction {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/choosing.md")]
mod choosing {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/not-one-static.md")]
mod not_one_static {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/guarantees.md")]
mod guarantees {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/ideas.md")]
mod ideas {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/README.md")]
mod rules {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r1-static-mut.md")]
mod r1_static_mut {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r2-once-and-unsafe.md")]
mod r2_once_and_unsafe {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r3-check-then-act.md")]
mod r3_check_then_act {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r4-incomplete-init.md")]
mod r4_incomplete_init {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r5-const-cell.md")]
mod r5_const_cell {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r6-many-statics.md")]
mod r6_many_statics {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r7-lazy-by-hand.md")]
mod r7_lazy_by_hand {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/rules/r8-crate-twice.md")]
mod r8_crate_twice {}
