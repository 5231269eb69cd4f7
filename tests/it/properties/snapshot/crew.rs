//! The threads, each of which does as it is told, and the cell.

use std::{
    collections::BTreeSet,
    mem,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use onset::SnapshotCell;

use super::{
    Outcome, Seen, THREADS,
    model::{FIRST_VALUE, NUMBERS, Op, Order},
    own::{Entered, Own, Register, init},
};

type SharedCell = Arc<SnapshotCell<Entered>>;

enum Command {
    /// Use this cell from now on.
    Use(SharedCell),
    /// The order, the number of its first value, and the first value of a lazy cell.
    Obey(Order, u64, Option<Entered>),
    /// Let go of the cell.
    LetGo,
}

struct Member {
    commands: Sender<Command>,
    answers: Receiver<(Outcome, Vec<Seen>)>,
    thread: thread::JoinHandle<()>,
}

impl Member {
    fn new(register: &Register, cell: &SharedCell) -> Self {
        let ((commands, to_do), (answer, answers)) = (channel(), channel());
        let register = Arc::clone(register);
        let work = move || {
            while let Ok(Command::Use(cell)) = to_do.recv() {
                serve(&cell, &register, &to_do, &answer);
                drop(cell);
                // Nobody waits for it when the thread is to exit.
                let _ = answer.send((Outcome::Nothing, vec![]));
            }
        };
        let thread = thread::spawn(work);
        let member = Self {
            commands,
            answers,
            thread,
        };
        member.tell(Command::Use(Arc::clone(cell)));
        member
    }

    fn tell(&self, command: Command) {
        self.commands.send(command).expect("it works");
    }

    fn ask(&self, command: Command) -> (Outcome, Vec<Seen>) {
        self.tell(command);
        self.answers.recv().expect("it answers")
    }

    fn exit(self) {
        drop(self.commands);
        self.thread.join().unwrap();
    }
}

/// Obeys until it is told to let go, or to exit.
fn serve(
    cell: &SnapshotCell<Entered>,
    register: &Register,
    to_do: &Receiver<Command>,
    answer: &Sender<(Outcome, Vec<Seen>)>,
) {
    let mut own = Own::new(cell, register);
    while let Ok(Command::Obey(order, number, first)) = to_do.recv() {
        let outcome = own.obey(order, number, first);
        answer.send((outcome, own.held())).expect("it is awaited");
    }
}

pub(super) struct Crew {
    register: Register,
    cell: SharedCell,
    /// The first number of this operation.
    next: u64,
    members: [Option<Member>; THREADS],
}

impl Crew {
    pub(super) fn new() -> Self {
        let register = Register::default();
        let cell = Arc::new(SnapshotCell::new(Entered::new(0, &register)));
        let members = [(); THREADS].map(|()| Some(Member::new(&register, &cell)));
        Self {
            register,
            cell,
            next: 0,
            members,
        }
    }

    pub(super) fn carry_out(&mut self, op: Op) -> (Outcome, Vec<Seen>) {
        self.next += NUMBERS;
        match op {
            Op::Order {
                thread,
                order,
                init_panics,
            } => {
                let first = self.next + FIRST_VALUE;
                let first = (!init_panics && self.cell.generation() == 0)
                    .then(|| Entered::new(first, &self.register));
                let member = self.members[thread].as_ref().expect("a thread");
                return member.ask(Command::Obey(order, self.next, first));
            }
            Op::Exit(thread) => {
                self.members[thread].take().expect("a thread").exit();
                self.members[thread] = Some(Member::new(&self.register, &self.cell));
            }
            Op::NewCell { lazy } => self.replace_the_cell(lazy),
        }
        (Outcome::Nothing, vec![])
    }

    /// The threads outlive the cell.
    fn replace_the_cell(&mut self, lazy: bool) {
        for member in self.members.iter().flatten() {
            member.ask(Command::LetGo);
        }
        let old = mem::replace(&mut self.cell, Arc::new(SnapshotCell::lazy(init)));
        drop(Arc::into_inner(old).expect("everybody has let go"));
        assert_eq!(self.alive(), BTreeSet::new(), "of a cell that is gone");
        if !lazy {
            let value = Entered::new(self.next, &self.register);
            self.cell = Arc::new(SnapshotCell::new(value));
        }
        for member in self.members.iter().flatten() {
            member.tell(Command::Use(Arc::clone(&self.cell)));
        }
    }

    pub(super) fn generation(&self) -> u64 {
        self.cell.generation()
    }

    #[track_caller]
    pub(super) fn alive(&self) -> BTreeSet<u64> {
        let register = self.register.lock().unwrap();
        assert!(register.values().all(|times| *times == 1), "{register:?}");
        register.keys().copied().collect()
    }

    /// All threads exit, then the cell goes; returns what is left over.
    pub(super) fn dismiss(self) -> BTreeSet<u64> {
        self.members.into_iter().flatten().for_each(Member::exit);
        drop(self.cell);
        self.register.lock().unwrap().keys().copied().collect()
    }
}
