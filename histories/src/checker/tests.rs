use std::{collections::VecDeque, time::Duration};

use proptest::prelude::*;

use super::*;

mod brute_force;

/// A register that holds a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Register(u8);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Read,
    Write(u8),
}

impl Model for Register {
    type Op = Access;
    type Outcome = u8;

    /// A write returns what it wrote.
    fn step(&self, op: &Access, outcome: &u8) -> Option<Self> {
        match *op {
            Access::Read => (*outcome == self.0).then(|| self.clone()),
            Access::Write(value) => (*outcome == value).then_some(Self(value)),
        }
    }
}

/// A queue: `Some` is put, `None` takes, and may find nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Queue(VecDeque<u8>);

impl Model for Queue {
    type Op = Option<u8>;
    type Outcome = Option<u8>;

    fn step(&self, op: &Option<u8>, outcome: &Option<u8>) -> Option<Self> {
        let mut queue = self.0.clone();
        let expected = match *op {
            Some(value) => {
                queue.push_back(value);
                Some(value)
            }
            None => queue.pop_front(),
        };
        (*outcome == expected).then_some(Self(queue))
    }
}

/// Whoever comes first decides what everybody gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Once(Option<u8>);

impl Model for Once {
    type Op = u8;
    type Outcome = u8;

    fn step(&self, op: &u8, outcome: &u8) -> Option<Self> {
        (self.0.unwrap_or(*op) == *outcome).then_some(Self(Some(*outcome)))
    }
}

fn event<Op, Outcome>(
    thread: usize,
    (called, returned): (u64, u64),
    op: Op,
    outcome: Outcome,
) -> Event<Op, Outcome> {
    Event {
        thread,
        op,
        outcome,
        called: Duration::from_nanos(called),
        returned: Duration::from_nanos(returned),
    }
}

fn write(thread: usize, at: (u64, u64), value: u8) -> EventOf<Register> {
    event(thread, at, Access::Write(value), value)
}

fn read(thread: usize, at: (u64, u64), value: u8) -> EventOf<Register> {
    event(thread, at, Access::Read, value)
}

#[test]
fn nothing_happened() {
    assert_eq!(linearize(&Register(0), &[]), Some(vec![]));
}

#[test]
fn a_read_during_a_write_sees_the_old_or_the_new_value() {
    for (seen, order) in [(0, vec![1, 0]), (1, vec![0, 1])] {
        let history = [write(0, (0, 10), 1), read(1, (2, 4), seen)];
        assert_eq!(linearize(&Register(0), &history), Some(order));
    }
    let history = [write(0, (0, 10), 1), read(1, (2, 4), 2)];
    assert_eq!(linearize(&Register(0), &history), None);
}

#[test]
fn a_register_does_not_go_back() {
    let reads = |first, second| [read(1, (1, 3), first), read(2, (4, 6), second)];
    for (first, second, explained) in [(0, 1, true), (1, 1, true), (1, 0, false)] {
        let history = [&[write(0, (0, 10), 1)], &reads(first, second)[..]].concat();
        assert_eq!(linearize(&Register(0), &history).is_some(), explained);
    }
}

#[test]
fn equal_stamps_overlap() {
    let at = |returned| [write(0, (0, returned), 1), read(1, (5, 9), 0)];
    assert_eq!(linearize(&Register(0), &at(5)), Some(vec![1, 0]));
    assert_eq!(linearize(&Register(0), &at(4)), None);
}

#[test]
fn one_thread_is_in_order_whatever_the_stamps() {
    let history = [write(0, (5, 5), 1), read(0, (5, 5), 0)];
    assert_eq!(linearize(&Register(0), &history), None);
}

#[test]
fn a_queue_gives_in_the_order_of_the_puts() {
    let put = |thread, at, value| event(thread, at, Some(value), Some(value));
    let take = |thread, at, value| event(thread, at, None, value);
    let both = |first, second| {
        [
            put(0, (0, 4), 1),
            put(1, (2, 6), 2),
            take(0, (7, 8), first),
            take(1, (9, 10), second),
        ]
    };
    for (first, second, explained) in [
        (Some(1), Some(2), true),
        (Some(2), Some(1), true),
        (Some(1), Some(1), false),
        (Some(1), None, false),
    ] {
        let found = linearize(&Queue::default(), &both(first, second));
        assert_eq!(found.is_some(), explained, "{first:?} {second:?}");
    }
}

#[test]
fn a_once_has_one_winner_who_came_in_time() {
    let both = |at, first, second| [event(0, (0, 4), 1, first), event(1, at, 2, second)];
    for (at, first, second, explained) in [
        ((2, 6), 1, 1, true),
        ((2, 6), 2, 2, true),
        ((2, 6), 1, 2, false),
        ((5, 6), 1, 1, true),
        ((5, 6), 2, 2, false),
    ] {
        let found = linearize(&Once::default(), &both(at, first, second));
        assert_eq!(found.is_some(), explained, "{at:?} {first} {second}");
    }
}
