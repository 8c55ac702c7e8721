//! A `log_format`, compiled once: a list of steps, each a variable and the text that ends it.
//!
//! A variable ends where the text behind it occurs first. Two variables side by side cannot be told apart and are left
//! out, but for `$uri$is_args$args`, whose parts show where they end.

use super::variable::{Rank, Role, role};
use crate::config::Part;
use crate::modules::shared::log_format::{COMBINED, COMBINED_TEXT, Escape, LogFormat};

/// A variable and where it ends.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it tells.
    pub role: Role,
    /// Its name, for messages.
    pub name: String,
    /// The text behind it; empty: the line's end.
    pub until: Vec<u8>,
    /// Its value may be a list, with a value for each try.
    pub is_list: bool,
}

/// A format that lines can be read by.
#[derive(Debug, Clone)]
pub struct Format {
    /// Its name.
    pub name: String,
    /// How values are escaped.
    pub escape: Escape,
    /// The text before the first variable.
    pub start: Vec<u8>,
    /// Its variables.
    pub steps: Vec<Step>,
    /// Names of the headers it holds, in lower case.
    pub headers: Vec<String>,
    /// Names of the cookies it holds.
    pub cookies: Vec<String>,
    /// Variables that stand side by side.
    pub tangled: Vec<String>,
}

impl Format {
    /// nginx's own format.
    #[must_use]
    pub fn combined() -> Format {
        let parts = crate::config::Text::read(COMBINED_TEXT).map(|text| text.0).unwrap_or_default();
        steps(COMBINED, Escape::Default, &parts)
    }

    /// Compiles a format that a configuration declares.
    ///
    /// # Errors
    /// What it lacks to be a trace.
    pub fn compile(format: &LogFormat) -> Result<Format, String> {
        steps(&format.name, format.escape, &format.text.0).complete()
    }

    /// Compiles a format's text, as it stands after `log_format`'s name.
    ///
    /// # Errors
    /// nginx's message, or what the format lacks to be a trace.
    pub fn read(name: &str, escape: Escape, text: &str) -> Result<Format, String> {
        let text = crate::config::Text::read(text).map_err(|fault| fault.message)?;
        steps(name, escape, &text.0).complete()
    }

    fn complete(self) -> Result<Format, String> {
        let lacks = |what| Err(format!("log_format \"{}\" has no {what}", self.name));
        if !self.tells(&[Role::Msec, Role::Iso, Role::Local]) {
            return lacks("time: $msec, $time_iso8601 or $time_local");
        }
        if !self.tells(&[Role::Request, Role::Target, Role::Path, Role::PathAndArgs]) {
            return lacks("request: $request, $request_uri or $uri");
        }
        Ok(self)
    }

    /// Whether one of these variables is read.
    #[must_use]
    pub fn has(&self, names: &[&str]) -> bool {
        self.steps.iter().any(|step| step.role != Role::Skip && names.contains(&&*step.name))
    }

    /// Whether a variable of one of these kinds is in it.
    fn tells(&self, roles: &[Role]) -> bool {
        self.steps.iter().any(|step| roles.contains(&step.role))
    }
}

fn steps(name: &str, escape: Escape, parts: &[Part]) -> Format {
    let mut format = Format {
        name: name.to_owned(),
        escape,
        start: Vec::new(),
        steps: Vec::new(),
        headers: Vec::new(),
        cookies: Vec::new(),
        tangled: Vec::new(),
    };
    let mut ranks = Vec::new();
    for part in parts {
        let name = match part {
            Part::Literal(text) => {
                let end = format.steps.last_mut().map_or(&mut format.start, |step| &mut step.until);
                end.extend_from_slice(text.as_bytes());
                continue;
            }
            Part::Variable(name) => name.to_ascii_lowercase(),
            Part::Capture(number) => number.to_string(),
        };
        let (role, rank) = format.role(&name);
        match format.steps.last_mut() {
            Some(last) if last.until.is_empty() => last.tangle(role, &name, &mut format.tangled),
            _ => {
                let is_list = name.starts_with("upstream_");
                format.steps.push(Step { role, name, until: Vec::new(), is_list });
                ranks.push(rank);
            }
        }
    }
    format.keep_the_best(&ranks);
    format
}

impl Step {
    /// Another variable follows with nothing between.
    fn tangle(&mut self, role: Role, name: &str, tangled: &mut Vec<String>) {
        self.role = match (self.role, role, name) {
            (Role::Path, Role::Skip, "is_args") | (Role::PathAndArgs, Role::Args, _) => Role::PathAndArgs,
            _ => {
                tangled.push(format!("{}${name}", self.name));
                Role::Skip
            }
        };
        self.name = format!("{}${name}", self.name);
    }
}

impl Format {
    fn role(&mut self, name: &str) -> (Role, Option<Rank>) {
        if let Some(known) = role(name) {
            return known;
        }
        if let Some(header) = name.strip_prefix("http_") {
            self.headers.push(header.replace('_', "-"));
            return (Role::Header(self.headers.len() as u16 - 1), None);
        }
        if let Some(cookie) = name.strip_prefix("cookie_") {
            self.cookies.push(cookie.to_owned());
            return (Role::Cookie(self.cookies.len() as u16 - 1), None);
        }
        (Role::Skip, None)
    }

    /// Of the variables that tell the same, all but the best are skipped.
    fn keep_the_best(&mut self, ranks: &[Option<Rank>]) {
        for at in 0..self.steps.len() {
            let Some(own) = ranks[at] else { continue };
            let better = |other: &Rank| other.group == own.group && other.rank < own.rank;
            let alive =
                |(step, rank): (&Step, &Option<Rank>)| step.role != Role::Skip && rank.as_ref().is_some_and(better);
            if self.steps.iter().zip(ranks).any(alive) {
                self.steps[at].role = Role::Skip;
            }
        }
        let whole = self.tells(&[Role::Request]);
        let cookies = self.headers.iter().any(|header| header == "cookie");
        for step in &mut self.steps {
            let twice = match step.role {
                Role::Method | Role::Version | Role::Args => whole,
                Role::Cookie(_) => cookies,
                _ => false,
            };
            if twice {
                step.role = Role::Skip;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Text;

    fn check(text: &str, expected: &[(&str, Role, &str)], tangled: &[&str]) {
        let format = steps("f", Escape::Default, &Text::read(text).unwrap().0);
        let found: Vec<_> =
            format.steps.iter().map(|s| (&*s.name, s.role, std::str::from_utf8(&s.until).unwrap())).collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(format.tangled, tangled, "{text}");
    }

    #[test]
    fn steps_of_formats() {
        use Role::*;
        check("[$msec] $uri", &[("msec", Msec, "] "), ("uri", Path, "")], &[]);
        check("$uri$is_args$args x", &[("uri$is_args$args", PathAndArgs, " x")], &[]);
        check("$scheme$host/", &[("scheme$host", Skip, "/")], &["scheme$host"]);
        check(
            "$time_local $msec $request_uri $request $request_method",
            &[
                ("time_local", Skip, " "),
                ("msec", Msec, " "),
                ("request_uri", Skip, " "),
                ("request", Request, " "),
                ("request_method", Skip, ""),
            ],
            &[],
        );
        check("$http_x_y,$cookie_z", &[("http_x_y", Header(0), ","), ("cookie_z", Cookie(0), "")], &[]);
        check("$cookie_z,$http_cookie", &[("cookie_z", Skip, ","), ("http_cookie", Header(0), "")], &[]);
    }

    #[test]
    fn what_a_trace_needs() {
        let compile = |text| Format::read("f", Escape::Default, text).map(|_| ());
        assert_eq!(compile("$msec $request"), Ok(()));
        assert!(compile("$request").unwrap_err().contains("no time"));
        assert!(compile("$msec $remote_addr").unwrap_err().contains("no request"));
        assert_eq!(Format::combined().steps.len(), 8);
    }
}
