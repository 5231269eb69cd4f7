//! Random sequences of operations on several objects by several threads, which take turns, against
//! a plain model, with every drop accounted for.

use proptest::{collection::vec, prelude::*};

use crate::{
    per_thread::{STUCK, ids},
    support::watchdog,
};
use model::{Deed, Model, OBJECTS, Op, Rule, THREADS};
use subject::Subject;

mod model;
mod subject;

fn op() -> impl Strategy<Value = Op> {
    let number = || prop_oneof![3 => 1000..1004_u64, 1 => Just(STUCK)];
    let deed = prop_oneof![
        3 => Just(Deed::With),
        1 => Just(Deed::WithPanics),
        2 => Just(Deed::Remove),
        1 => Just(Deed::Nest),
        1 => Just(Deed::Visit),
        2 => (number(), any::<bool>()).prop_map(|(id, works)| Deed::Work(id, works)),
    ];
    let rule = prop_oneof![
        Just(Rule::Clear),
        (1..4_u64).prop_map(Rule::Write),
        Just(Rule::IntoIter),
        Just(Rule::Replace),
        Just(Rule::Move),
    ];
    prop_oneof![
        6 => (0..THREADS, 0..OBJECTS, deed).prop_map(|(t, o, deed)| Op::Do(t, o, deed)),
        2 => (0..OBJECTS, rule).prop_map(|(o, rule)| Op::Own(o, rule)),
        1 => (0..THREADS).prop_map(Op::Exit),
    ]
}

/// Each thread learns what it would from the model, and what there is afterwards is the same.
fn follows_the_model(ops: &[Op]) {
    let _watch = watchdog();
    let (mut subject, mut model) = (Subject::new(), Model::default());
    for (step, op) in ops.iter().enumerate() {
        match *op {
            Op::Do(thread, object, deed) => {
                let expected = model.act(thread, object, deed);
                let actual = subject.act(thread, object, deed);
                assert_eq!(actual, expected, "step {step} of {ops:?}");
            }
            Op::Own(object, rule) => {
                model.own(object, rule);
                subject.own(object, rule);
            }
            Op::Exit(thread) => {
                model.exit(thread);
                subject.exit(thread);
            }
        }
        for (n, object) in subject.objects.iter().enumerate() {
            let expected = model.ids(n);
            assert_eq!(object.len(), expected.len(), "after step {step} of {ops:?}");
            assert_eq!(ids(object), expected, "after step {step} of {ops:?}");
        }
        assert_eq!(
            subject.alive(),
            model.total(),
            "after step {step} of {ops:?}"
        );
    }
    subject.end();
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 300 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn objects_and_threads(ops in vec(op(), 0..40)) {
        follows_the_model(&ops);
    }
}
