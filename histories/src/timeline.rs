//! A history to look at.

use std::{fmt::Debug, time::Duration};

use crate::history::Event;

/// How many characters the whole time takes.
const WIDTH: usize = 48;

/// One line for each operation, in the order of the calls: thread, interval in nanoseconds, the
/// interval as a bar, operation, outcome.
#[must_use]
pub fn timeline<Op: Debug, Outcome: Debug>(history: &[Event<Op, Outcome>]) -> String {
    let mut events: Vec<_> = history.iter().collect();
    events.sort_by_key(|event| (event.called, event.thread));
    let first = events.first().map_or(Duration::ZERO, |event| event.called);
    let last = events.iter().map(|event| event.returned).max();
    let scale = Scale {
        first,
        length: (last.unwrap_or(first) - first).as_nanos().max(1),
    };
    events.iter().map(|event| scale.line(event)).collect()
}

struct Scale {
    first: Duration,
    length: u128,
}

impl Scale {
    fn line<Op: Debug, Outcome: Debug>(&self, event: &Event<Op, Outcome>) -> String {
        let at = |stamp: Duration| (stamp - self.first).as_nanos();
        let (called, returned) = (at(event.called), at(event.returned));
        let (from, to) = (self.column(called), self.column(returned));
        let bar = format!("{}{}", " ".repeat(from), "━".repeat(to - from + 1));
        format!(
            "  thread {} {called:>7}…{returned:<7} |{bar:<WIDTH$}| {:?} -> {:?}\n",
            event.thread, event.op, event.outcome
        )
    }

    fn column(&self, nanos: u128) -> usize {
        let column = nanos * (WIDTH as u128 - 1) / self.length;
        usize::try_from(column).expect("within the width")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_stand_where_the_time_was() {
        let event = |thread, called, returned| Event {
            thread,
            op: "op",
            outcome: thread,
            called: Duration::from_nanos(called),
            returned: Duration::from_nanos(returned),
        };
        let shown = timeline(&[event(0, 1047, 1094), event(1, 1000, 1047)]);
        let expected = [
            format!(
                "  thread 1       0…47      |{:<48}| \"op\" -> 1\n",
                "━".repeat(24)
            ),
            format!(
                "  thread 0      47…94      |{:>48}| \"op\" -> 0\n",
                "━".repeat(25)
            ),
        ];
        assert_eq!(shown, expected.concat());
        assert_eq!(timeline::<(), ()>(&[]), "");
    }
}
