//! A few thousand histories of each primitive.

use histories::{catalogue::ALL, pool::Pool, run::Tally};

const ROUNDS: usize = 2048;

#[test]
fn a_few_thousand_histories_of_each_are_linearizable() {
    let mut total = Tally::default();
    for threads in [2, 3] {
        let pool = Pool::new(threads);
        for entry in &ALL {
            let (tally, violation) = (entry.run)(&pool, ROUNDS, 1, &mut |_| {});
            println!("{}: {tally:?}", entry.name);
            assert!(violation.is_none(), "{}", violation.unwrap());
            assert_eq!(tally.histories, ROUNDS);
            total += tally;
        }
    }
    assert!(total.overlap() > 0.01, "this proves nothing: {total:?}");
}
