//! The checker against one that tries every order.

use super::*;

fn explains<M: Model>(initial: &M, history: &[EventOf<M>], order: &[usize]) -> bool {
    let mut state = initial.clone();
    order.iter().all(|&i| {
        let next = state.step(&history[i].op, &history[i].outcome);
        next.inspect(|next| state = next.clone()).is_some()
    })
}

fn respects<M: Model>(history: &[EventOf<M>], order: &[usize]) -> bool {
    let precedes = |i: usize, j: usize| {
        let (a, b) = (&history[i], &history[j]);
        a.returned < b.called || (a.thread == b.thread && i < j)
    };
    (1..order.len()).all(|at| order[..at].iter().all(|&i| !precedes(order[at], i)))
}

fn permutations(len: usize) -> Vec<Vec<usize>> {
    let Some(last) = len.checked_sub(1) else {
        return vec![vec![]];
    };
    let insert = |at: usize, mut order: Vec<usize>| {
        order.insert(at, last);
        order
    };
    let shorter = permutations(last);
    let longer = shorter.iter();
    longer
        .flat_map(|order| (0..len).map(move |at| insert(at, order.clone())))
        .collect()
}

type Step<O> = (usize, (u64, u64), O);

/// Three threads with intervals anywhere: the times between the stamps of one thread are drawn.
fn histories<O: Clone + std::fmt::Debug>(
    op: impl Strategy<Value = O>,
) -> impl Strategy<Value = Vec<Step<O>>> {
    let steps = prop::collection::vec((0..3_usize, 0..4_u64, 0..8_u64, op), 0..=6);
    steps.prop_map(|steps| {
        let mut now = [0; 3];
        let mut at = |thread: usize, pause: u64, length: u64| {
            let called = now[thread] + pause;
            now[thread] = called + length;
            (called, now[thread])
        };
        let step = |(thread, pause, length, op)| (thread, at(thread, pause, length), op);
        steps.into_iter().map(step).collect()
    })
}

fn agree<M: Model>(initial: &M, history: &[EventOf<M>]) {
    let good = |order: &[usize]| respects::<M>(history, order) && explains(initial, history, order);
    let brute = permutations(history.len()).iter().any(|order| good(order));
    let found = linearize(initial, history);
    assert_eq!(found.is_some(), brute);
    if let Some(order) = found {
        assert!(good(&order), "{order:?} explains nothing");
    }
}

proptest! {
    #[test]
    fn registers(steps in histories((any::<bool>(), 0..3_u8))) {
        let access = |is_read, value| if is_read { Access::Read } else { Access::Write(value) };
        let of = |(thread, at, (is_read, value))| event(thread, at, access(is_read, value), value);
        agree(&Register(0), &steps.into_iter().map(of).collect::<Vec<_>>());
    }

    #[test]
    fn queues(steps in histories((any::<bool>(), prop::option::of(0..2_u8)))) {
        let of = |(thread, at, (is_put, value))| match (is_put, value) {
            (true, Some(value)) => event(thread, at, Some(value), Some(value)),
            (_, value) => event(thread, at, None, value),
        };
        agree(&Queue::default(), &steps.into_iter().map(of).collect::<Vec<_>>());
    }

    #[test]
    fn onces(steps in histories((0..3_u8, 0..3_u8))) {
        let of = |(thread, at, (op, outcome))| event(thread, at, op, outcome);
        agree(&Once::default(), &steps.into_iter().map(of).collect::<Vec<_>>());
    }
}
