//! `OnceMap` and `RaceMap`: one value per key, computed on first use.
//!
//! | module | question |
//! |---|---|
//! | [`failing`], [`panicking`], [`lying`] | what do closures, `Hash`, `Eq` and destructors that fail leave behind? |
//! | [`first_use`], [`looking_up`], [`colliding`] | which value is whose? |
//! | [`growing`], [`order`], [`owning`], [`dropping`] | where and for how long do they live, in which order? |
//! | [`reentrant`] | what may user code do with the map that has called it? |
//! | [`storm`], [`memory`] | many threads; what is left of what comes and goes |
//! | [`once`], [`race`] | what only one of the two does: wait, or compute twice |
//! | [`files`] | a map of `Reload`s: files that are read once, and again when they change |
//! | [`keys`], [`subject`] | keys whose `Hash`, `Eq` and `Drop` panic; the maps as the shared tests see them |
//!
//! What holds for both maps is written once; a function that [`both`] does not list is reported by
//! the compiler as unused.

use crate::support::watchdog;
use subject::{Once, Race};

mod colliding;
mod dropping;
mod failing;
#[cfg(not(miri))]
mod files;
mod first_use;
mod growing;
pub(crate) mod keys;
mod looking_up;
mod lying;
#[cfg(not(miri))]
mod memory;
mod once;
mod order;
mod owning;
mod panicking;
mod race;
mod reentrant;
mod storm;
pub(crate) mod subject;

macro_rules! both {
    ($($suite:ident: $($test:ident)*;)*) => {
        both! { @kind once_map Once: $($suite: $($test)*;)* }
        both! { @kind race_map Race: $($suite: $($test)*;)* }
    };
    (@kind $name:ident $kind:ident: $($suite:ident: $($test:ident)*;)*) => {
        mod $name {
            use super::*;
            $(mod $suite {
                use super::*;
                $(#[test] fn $test() {
                    let _watch = watchdog();
                    super::super::$suite::$test::<$kind>();
                })*
            })*
        }
    };
}

both! {
    failing:
        an_error_goes_to_its_caller_and_leaves_nothing
        a_panic_goes_on_and_leaves_nothing
        failures_in_any_order_end_with_a_value
        a_key_that_fails_leaves_the_others_alone
        each_of_many_threads_gets_the_error_of_its_own_closure
        one_of_many_threads_succeeds_at_last;
    panicking:
        hash
        eq
        the_destructor_of_a_key
        the_destructor_of_a_value
        destructors_that_panic_when_it_is_cleared
        destructors_that_panic_when_it_is_dropped
        destructors_that_panic_when_it_is_taken_apart;
    lying:
        keys_that_equal_nothing_are_kept_apart
        keys_that_equal_everything_are_one
        keys_whose_hash_changes_are_lost_and_dropped;
    first_use:
        an_empty_map_has_no_values
        the_closure_gets_the_key_and_runs_once
        insert_fills_and_then_hands_back
        a_closure_may_ask_for_other_keys
        it_stands_in_a_static
        values_without_size_are_values
        values_with_a_large_alignment_are_aligned;
    looking_up:
        strings_by_str
        paths_by_path
        by_an_equivalent_of_ones_own
        a_key_is_made_only_for_a_computation
        a_key_that_cannot_be_made;
    colliding:
        thousands_of_keys_of_one_hash
        thousands_of_keys_of_one_tag
        keys_of_one_group
        keys_that_go_around_the_end_of_the_table;
    growing:
        references_outlast_a_hundred_thousand_others
        readers_find_all_that_was_published_while_it_grows;
    order:
        of_publication
        an_iterator_sees_what_was_there_when_it_was_made
        an_iterator_sees_all_that_came_before_it
        from_both_ends
        gaps_are_passed_over;
    owning:
        what_was_removed_is_computed_anew
        removing_what_is_not_there_changes_nothing
        a_cleared_map_is_a_new_one
        taking_it_apart_keeps_the_order
        coming_and_going_keeps_the_order
        removing_all_but_the_last_ones;
    dropping:
        everything_is_dropped_once
        in_order
        what_was_taken_out_of_an_iterator_is_dropped_once
        an_unused_key_is_dropped_before_its_caller_returns
        borrowed_values_live_as_long_as_the_map;
    reentrant:
        hash_may_use_the_map
        eq_may_use_the_map
        eq_may_ask_for_the_same_key
        destructors_may_use_another_map
        debug_may_use_the_map;
    storm:
        every_key_is_published_once
        a_few_keys_that_everybody_wants
        inserts_against_computations
        rounds_of_use_and_emptying;
}
