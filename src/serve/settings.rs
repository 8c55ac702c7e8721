//! The main context: what the process itself is to be like. `env`, `worker_priority`, `worker_cpu_affinity`,
//! `timer_resolution` and `worker_rlimit_core` are left out: they shape processes, and workers are threads.

use std::time::Duration;

use super::options::Place;
use crate::config::{Config, ScopeId, Setting, Value};
use crate::modules::Target;
use crate::modules::core::event::Connections;

/// The main context's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `daemon`
    pub daemon: bool,
    /// `master_process`
    pub master: bool,
    /// How many workers.
    pub workers: usize,
    /// `worker_connections`
    pub connections: u64,
    /// The user, and the group if it is another than the user's name.
    pub user: Option<(String, String)>,
    /// `worker_rlimit_nofile`
    pub open_files: Option<u64>,
    /// `working_directory`
    pub folder: Option<String>,
    /// How long old workers may take to end.
    pub shutdown: Option<Duration>,
    /// The file of the process number, full name.
    pub pid: String,
    /// Whether `pid` says so.
    pub pid_is_set: bool,
}

impl Settings {
    /// The file of the process number that is to be written.
    #[must_use]
    pub fn pid_file(&self, place: Place) -> Option<String> {
        (place == Place::Nginx || self.pid_is_set).then(|| self.pid.clone())
    }

    /// Reads them off a configuration; `auto` workers are as many as `processors`.
    #[must_use]
    pub fn of(config: &Config, target: &Target, processors: usize) -> Settings {
        let main = config.scope(ScopeId(0));
        let number = |name: &str| match main.setting(name).map(|setting| &setting.value) {
            Some(Value::Number(number)) => u64::try_from(*number).ok(),
            Some(Value::Msec(number)) => Some(*number),
            _ => None,
        };
        let master = config.flag(ScopeId(0), "master_process", true);
        let workers = match main.setting("worker_processes").map(|setting| &setting.value) {
            None => 1,
            Some(Value::Number(workers)) => usize::try_from(*workers).unwrap_or(1),
            Some(_) => processors,
        };
        let user = main.setting("user").map(|user| (user.arg(1).to_owned(), last(user)));
        let pid = main.setting("pid").map(|setting| setting.arg(1)).filter(|name| !name.is_empty());
        Settings {
            daemon: config.flag(ScopeId(0), "daemon", true),
            master,
            workers: if master { workers.max(1) } else { 1 },
            connections: connections(config),
            user: Some(user.unwrap_or_else(|| (target.paths.user.clone(), target.paths.group.clone()))),
            open_files: number("worker_rlimit_nofile"),
            folder: main.setting("working_directory").map(|setting| setting.arg(1).to_owned()),
            shutdown: number("worker_shutdown_timeout").filter(|ms| *ms > 0).map(Duration::from_millis),
            pid: full_name(target, pid.unwrap_or(&target.paths.pid)),
            pid_is_set: pid.is_some(),
        }
    }
}

fn last(setting: &Setting) -> String {
    setting.words.last().map_or_else(String::new, |word| word.value.to_string())
}

fn connections(config: &Config) -> u64 {
    config.scopes.iter().find_map(|scope| scope.slot::<Connections>()).copied().unwrap_or_default().0
}

/// A name relative to the prefix.
pub fn full_name(target: &Target, name: &str) -> String {
    if name.starts_with('/') { name.to_owned() } else { format!("{}{name}", target.paths.prefix) }
}
