//! The loop of the process: it waits for signals and for workers that end.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::pid_file;
use super::signals::{self, Asked, Came};
use super::sockets::{Bank, Wanted};
use super::start::{Ready, read, tell_method};
use super::workers::{Crew, Ended, Happened, Order};
use crate::serve::configuration::Source;
use crate::serve::generation::Generation;
use crate::serve::log::{Level, Logs, MAIN, refusal};

/// How long workers that are to end at once are waited for; nginx kills them after a second or so.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the process is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Serve,
    Quit,
    Stop,
}

struct Master<'a> {
    source: &'a dyn Source,
    /// The newest generation last.
    crews: Vec<Crew>,
    bank: Bank,
    pid_file: Option<String>,
    daemon: bool,
    plan: Plan,
    /// When the workers of a generation have to be gone: `worker_shutdown_timeout`.
    deadlines: Vec<(u64, Instant)>,
    tell: mpsc::Sender<Happened>,
}

/// Starts the workers and keeps the process until it is told to end.
pub fn keep(ready: Ready, source: &dyn Source) -> ExitCode {
    let (tell, happenings) = mpsc::channel();
    let Ready { generation, logs, bank, pid_file, daemon } = ready;
    let signals = tell.clone();
    // Where nobody listens any more the process is ending.
    let listening = signals::listen(move |came| drop(signals.send(Happened::Came(came))));
    let mut crew = Crew::new(generation, logs);
    let deaf = listening.is_err();
    if let Err(error) = listening {
        crew.logs.error(MAIN, Level::Emerg, None, format_args!("signalfd() failed ({})", refusal(&error)));
    } else {
        crew.start(&bank, &tell);
    }
    let (crews, deadlines) = (vec![crew], Vec::new());
    let mut master = Master { source, crews, bank, pid_file, daemon, plan: Plan::Serve, deadlines, tell };
    if !deaf {
        master.serve(&happenings);
    }
    master.end();
    if deaf { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

impl Master<'_> {
    fn serve(&mut self, happenings: &mpsc::Receiver<Happened>) {
        let mut patience = None;
        while self.plan == Plan::Serve || self.crews.iter().any(|crew| crew.running > 0) {
            if self.plan == Plan::Stop && patience.is_none() {
                patience = Some(now() + PATIENCE);
            }
            let next = self.deadlines.iter().map(|(_, at)| *at).chain(patience).min();
            let happened = match next {
                Some(at) => happenings.recv_timeout(at.saturating_duration_since(now())),
                None => happenings.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match happened {
                Ok(Happened::Came(came)) => self.follow(came),
                Ok(Happened::Ended(ended)) => self.bury(&ended),
                Err(_) if patience.is_some_and(|at| at <= now()) => return,
                Err(_) => self.hurry(),
            }
        }
    }

    fn follow(&mut self, came: Came) {
        let Came { number, name, from, asked } = came;
        // nginx ignores the signal where it stands at a terminal, which sends it when its window changes.
        let ignored = asked == Asked::StopAccepting && !self.daemon;
        let action = if ignored { "" } else { asked.action() };
        self.notice(format_args!("signal {number} ({name}) received from {from}{action}"));
        match asked {
            Asked::Stop => {
                self.plan = Plan::Stop;
                self.order_all(Order::Stop);
            }
            Asked::Quit => {
                if self.plan == Plan::Serve {
                    self.plan = Plan::Quit;
                }
                self.order_all(Order::Quit);
                self.bank.close();
            }
            // What is about to end is not changed any more.
            _ if self.plan != Plan::Serve => {}
            Asked::Reload => self.reload(),
            Asked::Reopen => self.reopen(),
            Asked::StopAccepting if ignored => {}
            Asked::StopAccepting => self.order_all(Order::Quit),
            Asked::ChangeBinary => {
                let message = "a new binary cannot take over in this build of nginxlb: use a reload, or a restart";
                self.log(Level::Error, format_args!("{message}"));
            }
        }
    }

    /// Replaces the generation; if the new one is not good, nothing changes.
    fn reload(&mut self) {
        self.notice(format_args!("reconfiguring"));
        let Some((generation, logs, bank)) = self.prepare() else { return };
        let pid_file = generation.settings.pid_file(generation.options.place);
        if let Err(message) = self.move_pid_file(pid_file) {
            bank.remove_unless_in(&self.bank);
            return self.log(Level::Emerg, format_args!("{message}"));
        }
        let before = self.crews.len();
        self.bank.remove_unless_in(&bank);
        self.bank = bank;
        let mut crew = Crew::new(generation, logs);
        crew.start(&self.bank, &self.tell);
        self.crews.push(crew);
        for at in 0..before {
            self.retire(at, Order::Quit);
        }
        self.crews.retain(|crew| crew.running > 0 || !crew.is_retiring());
    }

    fn prepare(&self) -> Option<(Arc<Generation>, Arc<Logs>, Bank)> {
        let (now, old) = (self.now(), self.logs());
        let emergency = |message: &str| old.error(MAIN, Level::Emerg, None, format_args!("{message}"));
        let options = &now.generation.options;
        let generation = read(old, self.source, options, Some(&now.generation))?;
        let logs = Logs::open(&generation.config, &generation.target, false);
        let logs = logs.map_err(|message| emergency(&message)).ok()?;
        let wanted = Wanted::of(&generation.config);
        let bank = Bank::open(&wanted, generation.settings.workers, Some(&self.bank), &logs);
        let bank = bank.map_err(|message| emergency(&message)).ok()?;
        tell_method(&logs);
        logs.take_standard_error_of(options);
        if let Some(message) = generation.clash(&now.generation) {
            emergency(&message);
            bank.remove_unless_in(&self.bank);
            return None;
        }
        Some((Arc::new(generation), Arc::new(logs), bank))
    }

    /// Writes the process number into its new file, if that is another one, and removes the old one.
    fn move_pid_file(&mut self, new: Option<String>) -> Result<(), String> {
        if new == self.pid_file {
            return Ok(());
        }
        new.as_deref().map_or(Ok(()), pid_file::write)?;
        self.remove_pid_file();
        self.pid_file = new;
        Ok(())
    }

    fn remove_pid_file(&self) {
        if let Some(Err(message)) = self.pid_file.as_deref().map(pid_file::remove) {
            self.log(Level::Alert, format_args!("{message}"));
        }
    }

    fn reopen(&self) {
        self.notice(format_args!("reopening logs"));
        for crew in &self.crews {
            crew.logs.reopen();
        }
        self.logs().take_standard_error_of(&self.now().generation.options);
    }

    /// A worker is gone. If nobody told it to go, another one takes its place.
    fn bury(&mut self, ended: &Ended) {
        let Ended { generation, number, thread, panicked } = *ended;
        let Some(at) = self.crews.iter().position(|crew| crew.generation.number == generation) else { return };
        self.crews[at].running -= 1;
        let retiring = self.crews[at].is_retiring();
        match (panicked, retiring) {
            (true, _) => self.log(Level::Alert, format_args!("worker process {thread} exited on signal 6")),
            (false, true) => self.notice(format_args!("worker process {thread} exited with code 0")),
            (false, false) => {
                let fatal = "exited with fatal code 2 and cannot be respawned";
                self.log(Level::Alert, format_args!("worker process {thread} {fatal}"));
            }
        }
        if panicked && !retiring {
            return self.crews[at].start_one(number, &self.bank, &self.tell);
        }
        if self.crews[at].running == 0 && at + 1 < self.crews.len() {
            self.deadlines.retain(|(of, _)| *of != generation);
            self.crews.remove(at);
        }
    }

    /// Ends the workers that have had their time.
    fn hurry(&mut self) {
        let due: Vec<u64> = self.deadlines.iter().filter(|(_, at)| *at <= now()).map(|(of, _)| *of).collect();
        self.deadlines.retain(|(of, _)| !due.contains(of));
        for crew in self.crews.iter().filter(|crew| due.contains(&crew.generation.number)) {
            crew.order(Order::Stop);
        }
    }

    fn order_all(&mut self, order: Order) {
        for at in 0..self.crews.len() {
            self.retire(at, order);
        }
    }

    fn retire(&mut self, at: usize, order: Order) {
        let crew = &self.crews[at];
        let first = !crew.is_retiring();
        crew.order(order);
        if let Some(time) = crew.generation.settings.shutdown.filter(|_| first && order == Order::Quit) {
            self.deadlines.push((crew.generation.number, now() + time));
        }
    }

    fn end(&mut self) {
        self.remove_pid_file();
        self.bank.close();
        self.notice(format_args!("exit"));
    }

    fn now(&self) -> &Crew {
        &self.crews[self.crews.len() - 1]
    }

    fn logs(&self) -> &Logs {
        &self.now().logs
    }

    fn notice(&self, message: std::fmt::Arguments<'_>) {
        self.log(Level::Notice, message);
    }

    fn log(&self, level: Level, message: std::fmt::Arguments<'_>) {
        self.logs().error(MAIN, level, None, message);
    }
}

#[expect(clippy::disallowed_methods, reason = "deadlines of the live process")]
fn now() -> Instant {
    Instant::now()
}
