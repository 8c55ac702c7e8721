//! What the backends do: the scenario file, and the flags for the common cases.

use std::path::PathBuf;

use clap::Args;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};

use super::Stopped;
use crate::cli::files::plain;
use crate::cli::terminal;
use crate::simulate::scenario::{Scenario, ScenarioError, flags};

/// The options.
#[derive(Debug, Args)]
#[command(next_help_heading = "Backends")]
pub struct Weather {
    /// What the backends do: faults, latencies, limits, changes of names and of the configuration
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Nothing listens there from 10 s to 60 s of the trace: 10.0.0.1:80@10s..60s
    #[arg(long, value_name = "PEER@FROM..TO")]
    kill: Vec<String>,
    /// Something else is wrong there: status=503:10.0.0.1:80@10s..60s; also refuse, unreachable, timeout, reset, invalid
    #[arg(long, value_name = "KIND:PEER@FROM..TO")]
    fail: Vec<String>,
    /// It answers late: 10.0.0.1:80@10s..60s=+200ms, or =x3
    #[arg(long, value_name = "PEER@FROM..TO=HOW")]
    slow: Vec<String>,
    /// How long backends take: 5ms, exponential:20ms, or one of them: 10.0.0.1:80=lognormal:20ms..200ms
    #[arg(long, value_name = "[PEER=]TIME")]
    latency: Vec<String>,
}

impl Weather {
    /// The scenario, with what the flags add: they come first, so they count where both speak of the same.
    pub fn scenario(&self) -> Result<Scenario, Stopped> {
        let mut scenario = match &self.scenario {
            None => Scenario::default(),
            Some(path) => {
                let name = path.display().to_string();
                let text =
                    std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {}", plain(&error)))?;
                Scenario::parse(&text).map_err(|errors| drawn(&name, &text, &errors))?
            }
        };
        let mut faults = Vec::new();
        for (flag, texts, read) in [
            ("--kill", &self.kill, flags::kill as fn(&str) -> _),
            ("--fail", &self.fail, flags::fail),
            ("--slow", &self.slow, flags::slow),
        ] {
            for text in texts {
                faults.push(read(text).map_err(|error| drawn(flag, text, &[error]))?);
            }
        }
        scenario.faults.splice(0..0, faults);
        let latencies =
            self.latency.iter().map(|text| flags::latency(text).map_err(|error| drawn("--latency", text, &[error])));
        let latencies = latencies.collect::<Result<Vec<_>, _>>()?;
        scenario.backends.splice(0..0, latencies);
        Ok(scenario)
    }
}

/// The faults, drawn in the text of the file or the flag.
fn drawn(name: &str, text: &str, errors: &[ScenarioError]) -> Stopped {
    let style = terminal::style(&std::io::stderr());
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(style.width);
    let mut said = format!("{name} cannot be read\n");
    for error in errors {
        let mut diagnostic =
            MietteDiagnostic::new(error.message.clone()).with_label(LabeledSpan::underline(error.span.clone()));
        diagnostic.help.clone_from(&error.help);
        let report = Report::new(diagnostic).with_source_code(NamedSource::new(name, text.to_owned()));
        // Writing into a string does not fail.
        let _ = handler.render_report(&mut said, report.as_ref());
    }
    Stopped::Unreadable(said.trim_end().to_owned())
}
