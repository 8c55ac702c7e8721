//! Logs: files that can be opened again, syslog servers, and nginx's error log on both.

mod access_log;
mod connection;
mod context;
mod error_log;
mod file;
mod kept_files;
mod level;
mod syslog;
pub mod time;

pub use access_log::{AccessLogs, Buffers};
pub use context::Stage;
pub use error_log::{LogId, Logs, MAIN, forget_process};
pub use file::{LogFile, native};
pub use level::Level;
pub use syslog::SyslogServer;

/// The system's refusal as nginx prints it: `2: No such file or directory`.
#[must_use]
pub fn refusal(error: &std::io::Error) -> String {
    let number = error.raw_os_error().unwrap_or(0);
    let text = error.to_string();
    let text = text.strip_suffix(&format!(" (os error {number})")).unwrap_or(&text);
    format!("{number}: {text}")
}
