//! The operations on a map.

use super::{
    Outcome,
    model::{Op, values},
};
use crate::{
    map::{
        keys::{Books, Id, Key, Value},
        subject::Map,
    },
    support::{catch, planned_panic},
};

impl From<Option<&Value>> for Outcome {
    fn from(value: Option<&Value>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Value(value.id()))
    }
}

/// Does it to the map.
pub(super) fn carry_out<M: Map<Key, Value>>(
    op: Op,
    map: &mut M,
    books: Books,
    step: u64,
) -> Outcome {
    let (outer, inner) = values(step);
    let act = || match op {
        Op::Get(key) => {
            assert_eq!(map.contains_key(&Id(key)), map.get(&Id(key)).is_some());
            map.get(&Id(key)).into()
        }
        Op::Init(key) => Some(map.get_or_init(books.key(key), |_| books.value(outer))).into(),
        Op::InitFails(key) => {
            // It has made its value when it fails.
            let fail = |_: &_| Err(books.value(outer).id());
            match map.get_or_try_init(books.key(key), fail) {
                Ok(value) => Some(value).into(),
                Err(error) => Outcome::Failed(error),
            }
        }
        Op::InitPanics(key) => Some(map.get_or_init(books.key(key), |_| planned_panic())).into(),
        Op::InitInside(key, other) => {
            let compute = |_: &_| {
                map.get_or_init(books.key(other), |_| books.value(inner));
                books.value(outer)
            };
            Some(map.get_or_init(books.key(key), compute)).into()
        }
        Op::InsertInside(key, other) => {
            let compute = |_: &_| {
                drop(map.insert(books.key(other), books.value(inner)));
                books.value(outer)
            };
            Some(map.get_or_init(books.key(key), compute)).into()
        }
        Op::Insert(key) => match map.insert(books.key(key), books.value(outer)) {
            Ok(value) => Some(value).into(),
            Err((key, value)) => Outcome::Back(key.id(), value.id()),
        },
        Op::InsertMany(from, keys) => {
            for key in from..from + keys {
                drop(map.insert(books.key(key), books.value(key + outer)));
            }
            Outcome::Nothing
        }
        Op::Remove(key) => match map.remove(&Id(key)) {
            Some((key, value)) => Outcome::Back(key.id(), value.id()),
            None => Outcome::Nothing,
        },
        Op::RemoveMany(from, keys) => {
            (from..from + keys).for_each(|key| drop(map.remove(&Id(key))));
            Outcome::Nothing
        }
        Op::Iterate => Outcome::All(map.iter().map(ids).collect()),
        Op::IterateBack => Outcome::All(map.iter().rev().map(ids).collect()),
        Op::Clear => {
            map.clear();
            Outcome::Nothing
        }
        Op::Rebuild => {
            let before = std::mem::take(map);
            for (key, value) in before {
                assert!(map.insert(key, value).is_ok());
            }
            Outcome::Nothing
        }
    };
    catch(act).unwrap_or(Outcome::Panicked)
}

fn ids((key, value): (&Key, &Value)) -> (u64, u64) {
    (key.id(), value.id())
}
