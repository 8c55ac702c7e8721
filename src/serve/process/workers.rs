//! Workers: one thread each, with sockets of its own, told what to do by a channel and telling by another that it ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use nix::unistd::gettid;
use tokio::sync::watch;

use super::signals::Came;
use super::sockets::Bank;
use crate::serve::generation::Generation;
use crate::serve::log::{Level, Logs, MAIN, refusal};
use crate::serve::worker::{self, Seed};

/// What workers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Go on.
    Run,
    /// Accept no more, and end when all is answered.
    Quit,
    /// End at once.
    Stop,
}

/// What the process waits for.
#[derive(Debug)]
pub enum Happened {
    /// A signal.
    Came(Came),
    /// The end of a worker.
    Ended(Ended),
}

/// A worker has ended.
#[derive(Debug)]
pub struct Ended {
    /// Of which generation.
    pub generation: u64,
    /// Which of its workers.
    pub number: usize,
    /// Its thread.
    pub thread: i32,
    /// Whether it was by a fault of ours.
    pub panicked: bool,
}

/// The workers of one generation.
pub struct Crew {
    /// What they serve.
    pub generation: Arc<Generation>,
    /// Their logs.
    pub logs: Arc<Logs>,
    /// How many are running.
    pub running: usize,
    orders: watch::Sender<Order>,
}

impl Crew {
    /// A crew without workers.
    pub fn new(generation: Arc<Generation>, logs: Arc<Logs>) -> Crew {
        Crew { generation, logs, running: 0, orders: watch::Sender::new(Order::Run) }
    }

    /// Starts all workers, and returns when their threads run.
    pub fn start(&mut self, bank: &Bank, ended: &mpsc::Sender<Happened>) {
        self.notice(format_args!("start worker processes"));
        for number in 0..self.generation.settings.workers {
            self.start_one(number, bank, ended);
        }
    }

    /// Starts one worker.
    pub fn start_one(&mut self, number: usize, bank: &Bank, ended: &mpsc::Sender<Happened>) {
        let sockets = match bank.of_worker(number) {
            Ok(sockets) => sockets,
            Err(error) => return self.failed(&format!("dup() failed ({})", refusal(&error))),
        };
        let seed = Seed {
            number,
            generation: Arc::clone(&self.generation),
            sockets,
            orders: self.orders.subscribe(),
            logs: Arc::clone(&self.logs),
        };
        let (started, has_started) = mpsc::channel();
        let ended = ended.clone();
        let work = move || {
            let thread = gettid().as_raw();
            let _ = started.send(thread);
            let (generation, logs) = (seed.generation.number, Arc::clone(&seed.logs));
            let panicked = catch_unwind(AssertUnwindSafe(|| worker::run(seed))).is_err();
            if !panicked {
                logs.error(MAIN, Level::Notice, None, format_args!("exiting"));
                logs.error(MAIN, Level::Notice, None, format_args!("exit"));
            }
            // Where nobody listens any more the process is ending.
            let _ = ended.send(Happened::Ended(Ended { generation, number, thread, panicked }));
        };
        match thread::Builder::new().name(format!("worker {number}")).spawn(work) {
            Ok(_) => {
                self.running += 1;
                if let Ok(thread) = has_started.recv() {
                    self.notice(format_args!("start worker process {thread}"));
                }
            }
            Err(error) => {
                self.failed(&format!("fork() failed while spawning \"worker process\" ({})", refusal(&error)));
            }
        }
    }

    /// Tells all of them.
    pub fn order(&self, order: Order) {
        // A hasty order is not taken back.
        self.orders.send_if_modified(|now| {
            let changes = *now != Order::Stop && *now != order;
            if changes {
                *now = order;
            }
            changes
        });
    }

    /// Whether they were told to end.
    pub fn is_retiring(&self) -> bool {
        *self.orders.borrow() != Order::Run
    }

    fn notice(&self, message: std::fmt::Arguments<'_>) {
        self.logs.error(MAIN, Level::Notice, None, message);
    }

    fn failed(&self, message: &str) {
        self.logs.error(MAIN, Level::Alert, None, format_args!("{message}"));
    }
}
