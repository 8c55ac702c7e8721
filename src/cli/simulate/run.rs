//! A run from the files to what was found.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::names::Names;
use super::output::{Finding, create, unwritable};
use super::setup::{load, run_time_names};
use super::trace::{self, Opened};
use super::{Simulate, Stopped};
use crate::balance::Unwatched;
use crate::cli::files::plain;
use crate::config::Config;
use crate::exchange::Affinity;
use crate::modules::Target;
use crate::simulate::books::{Books, Pairing, Side};
use crate::simulate::engine::{Engine, Observer, Options, Sessions, Setup};
use crate::simulate::play::play;
use crate::simulate::report::Summary;
use crate::simulate::rng::Choice;
use crate::simulate::scenario::{Backends, Event, Pace, Scenario};
use crate::simulate::trace::Batch;
use crate::simulate::why::Why;

/// What all runs of one call have in common.
struct Call<'a> {
    arguments: &'a Simulate,
    target: Target,
    names: Names,
    scenario: &'a Scenario,
}

/// Runs `nginxlb simulate`.
pub fn run(arguments: &Simulate) -> Result<(), Stopped> {
    if arguments.conf.as_os_str() == "-" && arguments.trace == "-" {
        return Err(Stopped::Unreadable("the standard input cannot be both configuration and trace".to_owned()));
    }
    let target = arguments.target.target()?;
    let scenario = arguments.weather.scenario()?;
    let mut known: BTreeMap<_, _> = scenario.resolve.clone();
    known.extend(arguments.resolve.iter().cloned());
    let names = Names::new(known, arguments.stand_in);
    let call = Call { arguments, target, names, scenario: &scenario };
    let config = call.load(&arguments.conf)?;
    let mut opened = trace::open(arguments, &config)?;
    match (&arguments.output.against, &arguments.output.why) {
        (Some(other), _) => call.compare(&config, other, &mut opened),
        (None, Some(id)) => call.explain(&config, id, &mut opened),
        (None, None) => call.replay(&config, &mut opened),
    }
}

impl Call<'_> {
    fn load(&self, path: &Path) -> Result<Config, Stopped> {
        load(path, self.arguments.prefix.as_deref(), &self.target, &self.names)
    }

    /// An engine for a configuration, and for those that the scenario's reloads bring.
    fn engine<W: Observer>(
        &self,
        config: &Config,
        options: Options,
        books: Books,
        observer: W,
    ) -> Result<Engine<'_, Books, W>, Stopped> {
        let setup = Setup::new(config, &self.target);
        let mut reloads = Vec::new();
        for (_, event) in self.scenario.events() {
            if let Event::Reload { config } = event {
                let beside = self.arguments.weather.scenario.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
                reloads.push(Setup::new(&self.load(&beside.join(config))?, &self.target));
            }
        }
        let names = run_time_names(std::iter::once(&setup).chain(&reloads), &self.names);
        if setup.site.listeners().is_empty() {
            return Err(Stopped::Unreadable("there is no server in http that requests could come to".to_owned()));
        }
        Ok(Engine::new(setup, reloads, self.scenario, names, options, books, observer))
    }

    /// What a page is about.
    fn title(&self) -> String {
        let other = self.arguments.output.against.as_ref().map(|other| format!(" and {}", other.display()));
        format!("{}{} under {}", self.arguments.conf.display(), other.unwrap_or_default(), self.arguments.trace)
    }

    fn options(&self, config: &Config, opened: &Opened) -> Options {
        let arguments = self.arguments;
        let sticks = Setup::new(config, &self.target)
            .plan
            .upstreams
            .iter()
            .any(|upstream| matches!(upstream.affinity, Some(Affinity::Cookie { .. } | Affinity::Learn { .. })));
        let sessions = match arguments.sessions {
            Some(by) => by.into(),
            None if opened.trace.is_log() && sticks => Sessions::Client,
            None => Sessions::Trace,
        };
        Options {
            workers: arguments.workers,
            chance: arguments.rng.unwrap_or(Choice::ChaCha(arguments.seed)),
            seed: arguments.seed,
            sessions,
            started: opened.trace.started(),
            stand_in: arguments.stand_in,
        }
    }

    fn books(&self) -> Result<Books, Stopped> {
        let output = &self.arguments.output;
        let mut books = Books::default();
        if let Some(path) = &output.picks {
            books = books.with_picks(Box::new(create(path)?));
        }
        Ok(if output.backtest { books.with_backtest() } else { books })
    }

    fn close(&self, books: &mut Books) -> Result<(), Stopped> {
        let picks = self.arguments.output.picks.as_deref().unwrap_or(Path::new(""));
        books.close().map_err(|error| unwritable(picks, &error))
    }

    fn replay(&self, config: &Config, opened: &mut Opened) -> Result<(), Stopped> {
        let options = self.options(config, opened);
        let mut engine = self.engine(config, options, self.books()?, Unwatched)?;
        self.through(opened, |record, batch, now| engine.arrive(record, batch, now))?;
        say_unmatched(&[engine.backends()]);
        self.say_nameless(engine.strangers());
        self.assumed(config, opened, options);
        let (mut books, _) = engine.finish();
        self.close(&mut books)?;
        let summary = Summary::of(&books.report);
        let finding = match &books.backtest {
            Some(backtest) => Finding::Backtest(summary, backtest.summary()),
            None => Finding::Run(summary),
        };
        self.arguments.output.write(&finding, &self.title())
    }

    fn compare(&self, config: &Config, other: &Path, opened: &mut Opened) -> Result<(), Stopped> {
        let options = self.options(config, opened);
        let other = self.load(other)?;
        let pairing = Rc::new(RefCell::new(Pairing::default()));
        let mut before = self.engine(config, options, self.books()?.paired(&pairing, Side::Before), Unwatched)?;
        let mut after = self.engine(&other, options, Books::default().paired(&pairing, Side::After), Unwatched)?;
        self.through(opened, |record, batch, now| {
            before.arrive(record, batch, now);
            after.arrive(record, batch, now);
        })?;
        say_unmatched(&[before.backends(), after.backends()]);
        self.say_nameless(before.strangers().chain(after.strangers()));
        self.assumed(config, opened, options);
        let ((mut before, _), (after, _)) = (before.finish(), after.finish());
        self.close(&mut before)?;
        let (before, after) = (Summary::of(&before.report), Summary::of(&after.report));
        let comparison = pairing.borrow().compare.comparison(before, after);
        self.arguments.output.write(&Finding::Against(Box::new(comparison)), &self.title())
    }

    fn explain(&self, config: &Config, id: &str, opened: &mut Opened) -> Result<(), Stopped> {
        let options = self.options(config, opened);
        let mut engine = self.engine(config, options, self.books()?, Why::new(id))?;
        self.through(opened, |record, batch, now| engine.arrive(record, batch, now))?;
        say_unmatched(&[engine.backends()]);
        self.say_nameless(engine.strangers());
        let (mut books, why) = engine.finish();
        self.close(&mut books)?;
        match why.told() {
            Some(text) => super::output::print(text),
            None => Err(Stopped::Unreadable(format!("there is no request \"{id}\" in {}", opened.name))),
        }
    }

    /// Plays the trace, and sees to its broken lines and to the bar.
    fn through(
        &self,
        opened: &mut Opened,
        each: impl FnMut(&crate::simulate::trace::Record, &Batch, crate::balance::Millis),
    ) -> Result<(), Stopped> {
        let bar = bar(opened);
        let mut broken = Broken::default();
        let strict = self.arguments.strict;
        let name = opened.name.clone();
        let bytes = opened.bytes.clone();
        let played = play(&mut opened.trace, &Pace::new(self.scenario), each, |batch, requests| {
            if let Some((_, read)) = &bytes {
                bar.set_position(read.load(std::sync::atomic::Ordering::Relaxed));
                bar.set_message(requests.to_string());
            }
            bar.suspend(|| broken.say(&name, batch, strict));
            if strict && broken.count > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        bar.finish_and_clear();
        let requests = played.map_err(|error| format!("cannot read {name}: {}", plain(&error)))?;
        if strict && broken.count > 0 {
            let message = "stopped at the first line that cannot be read (--strict)";
            return Err(Stopped::Unreadable(message.to_owned()));
        }
        broken.sum_up(&name, requests);
        if requests == 0 && broken.count > 0 {
            let help = "is it written in another format? give --log-format";
            return Err(Stopped::Unreadable(format!("no line of {name} could be read: {help}")));
        }
        Ok(())
    }

    /// Says which names that nginx resolves while it serves have no address: those of groups, and those that requests
    /// brought.
    fn say_nameless<'n>(&self, brought: impl Iterator<Item = &'n str>) {
        let missing = self.names.missing();
        let mut names: BTreeSet<&str> = brought.collect();
        names.extend(missing.iter().map(String::as_str));
        let listed: Vec<&str> = names.iter().take(NAMES_SHOWN).copied().collect();
        let (listed, more) = (listed.join(", "), names.len().saturating_sub(NAMES_SHOWN));
        let listed = if more > 0 { format!("{listed} and {more} more") } else { listed };
        match (names.is_empty(), self.arguments.stand_in) {
            (true, _) => {}
            (false, true) => eprintln!("assumed: addresses out of 198.19.0.0/16 stand in for {listed}"),
            (false, false) => eprintln!(
                "nginxlb: no address for {listed}, so 502: give --resolve NAME=ADDRESS, or --stand-in for made-up ones"
            ),
        }
    }

    /// Says once what the trace and the configuration leave open, and what was assumed.
    fn assumed(&self, config: &Config, opened: &Opened, options: Options) {
        let mut lines = opened.trace.assumptions();
        let site = Setup::new(config, &self.target).site;
        lines.extend(site.assumptions().iter().cloned());
        if !site.unknown_variables().is_empty() {
            let names: Vec<String> = site.unknown_variables().iter().map(|name| format!("${name}")).collect();
            lines.push(format!("not known here, so empty: {}", names.join(", ")));
        }
        if options.sessions == Sessions::Client {
            lines.push("requests of one client address share cookies (--sessions trace: none do)".to_owned());
        }
        if options.workers > 1 {
            lines.push(format!("each request comes to one of the {} workers by chance", options.workers));
        }
        let made_up = self.names.made_up();
        if !made_up.is_empty() {
            lines.push(format!("addresses out of 198.18.0.0/16 stand in for {}", made_up.join(", ")));
        }
        for line in lines {
            eprintln!("assumed: {line}");
        }
    }
}

/// Says of whom the scenario speaks that was a peer in none of the runs, of which names and reloads bring some late.
fn say_unmatched(runs: &[&Backends]) {
    let mut strangers = runs.first().map_or(Vec::new(), |run| run.unmatched());
    strangers.retain(|(target, _)| runs.iter().all(|run| run.unmatched().iter().any(|(other, _)| other == target)));
    for (target, near) in strangers {
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        eprintln!("nginxlb: the scenario speaks of {target}, which is no peer of the configuration{near}");
    }
}

/// So many names are listed.
const NAMES_SHOWN: usize = 10;

/// Lines of the trace that could not be read.
#[derive(Default)]
struct Broken {
    count: u64,
}

impl Broken {
    /// So many are shown.
    const SHOWN: u64 = 10;

    fn say(&mut self, name: &str, batch: &Batch, strict: bool) {
        for complaint in &batch.complaints {
            self.count += 1;
            if self.count <= Broken::SHOWN {
                let column = complaint.span.start + 1;
                eprintln!("{name}:{}:{column}: {}\n    {}", complaint.line, complaint.message, complaint.text);
            }
            if strict {
                return;
            }
        }
    }

    fn sum_up(&self, name: &str, requests: u64) {
        if self.count > 0 {
            let lines = if self.count == 1 { "line" } else { "lines" };
            eprintln!("{name}: left out {} {lines} that could not be read, of {}", self.count, self.count + requests);
        }
    }
}

/// A bar that shows itself after a second, on a terminal.
fn bar(opened: &Opened) -> ProgressBar {
    let Some((size, _)) = &opened.bytes else { return ProgressBar::hidden() };
    let bar = ProgressBar::with_draw_target(Some(*size), ProgressDrawTarget::stderr_with_hz(5));
    let style = "{bar:40} {bytes}/{total_bytes}  {msg} requests  {eta} left";
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
