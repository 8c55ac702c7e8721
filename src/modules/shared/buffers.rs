//! The buffers of `proxy`, `fastcgi`, `uwsgi`, `scgi`: what nginx demands of their sizes when it merges a location, and
//! its default temporary folder.
//!
//! With `largest` = the larger of `..._buffer_size` and one of `..._buffers`: two buffers at least; `largest` <=
//! `..._busy_buffers_size` <= all buffers but one; `..._temp_file_write_size` >= `largest`; `..._max_temp_file_size` is
//! 0 or >= `largest`.

use crate::config::{Config, Folder};
use crate::modules::prelude::*;

/// nginx's page: the default size of a buffer.
const PAGE: u64 = 4096;

/// Levels of subfolders of the default temporary folders.
const DEFAULT_LEVELS: [u8; 2] = [1, 2];

/// The sizes that hold in a location.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Buffers {
    /// `..._buffer_size`
    pub first: Set,
    /// The number in `..._buffers`.
    pub count: Set,
    /// The size in `..._buffers`.
    pub each: Set,
    /// `..._busy_buffers_size`
    pub busy: Set,
    /// `..._temp_file_write_size`
    pub temp_write: Set,
    /// `..._max_temp_file_size`
    pub max_temp: Set,
}

/// A size, and where it was set if it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Set {
    /// The size.
    pub value: u64,
    /// The directive; `None` for nginx's default.
    pub span: Option<Span>,
}

impl Set {
    fn or(self, default: u64) -> Set {
        if self.span.is_some() { self } else { Set { value: default, span: None } }
    }
}

impl Buffers {
    /// The sizes of the module whose directives start with `prefix` (without `_`), defaults filled in.
    #[must_use]
    pub fn effective(config: &Config, scope: ScopeId, prefix: &str) -> Buffers {
        let mut set = Buffers::default();
        for id in config.ancestors(scope) {
            let mut here = Buffers::default();
            for setting in &config.scope(id).settings {
                let suffix = setting.directive.name.strip_prefix(prefix).and_then(|name| name.strip_prefix('_'));
                let span = Some(setting.span());
                match (suffix, &setting.value) {
                    (Some("buffers"), Value::Bufs(count, each)) => {
                        here.count = Set { value: *count, span };
                        here.each = Set { value: *each, span };
                    }
                    (Some("buffer_size"), Value::Size(value)) => here.first = Set { value: *value, span },
                    (Some("busy_buffers_size"), Value::Size(value)) => here.busy = Set { value: *value, span },
                    (Some("temp_file_write_size"), Value::Size(value)) => here.temp_write = Set { value: *value, span },
                    (Some("max_temp_file_size"), Value::Size(value)) => here.max_temp = Set { value: *value, span },
                    _ => {}
                }
            }
            set = set.inherit(here);
        }
        set.with_defaults()
    }

    fn inherit(self, outer: Buffers) -> Buffers {
        let pick = |inner: Set, outer: Set| if inner.span.is_some() { inner } else { outer };
        Buffers {
            first: pick(self.first, outer.first),
            count: pick(self.count, outer.count),
            each: pick(self.each, outer.each),
            busy: pick(self.busy, outer.busy),
            temp_write: pick(self.temp_write, outer.temp_write),
            max_temp: pick(self.max_temp, outer.max_temp),
        }
    }

    fn with_defaults(mut self) -> Buffers {
        self.first = self.first.or(PAGE);
        self.count = self.count.or(8);
        self.each = self.each.or(PAGE);
        let twice = self.largest().value.wrapping_mul(2);
        self.busy = self.busy.or(twice);
        self.temp_write = self.temp_write.or(twice);
        self.max_temp = self.max_temp.or(1 << 30);
        self
    }

    /// The larger of `..._buffer_size` and one of `..._buffers`.
    #[must_use]
    pub fn largest(&self) -> Set {
        if self.first.value < self.each.value { self.each } else { self.first }
    }

    /// What nginx has against the sizes.
    fn check(&self, prefix: &str) -> Verdict {
        let largest = self.largest();
        let most = self.count.value.wrapping_sub(1).wrapping_mul(self.each.value);
        let least = format!("the maximum of the value of \"{prefix}_buffer_size\" and one of the \"{prefix}_buffers\"");
        let at = |fault: Fault, guilty: Set, other: Set| {
            let fault = match guilty.span.or(other.span) {
                Some(span) => fault.at(span),
                None => fault,
            };
            match other.span {
                Some(span) if guilty.span.is_some() && guilty.span != other.span => fault.related(span, "set here"),
                _ => fault,
            }
        };
        if self.count.value < 2 {
            let fault = Fault::emerg(format!("there must be at least 2 \"{prefix}_buffers\""));
            return Err(at(fault, self.count, self.count));
        }
        if self.busy.value < largest.value {
            let fault =
                Fault::emerg(format!("\"{prefix}_busy_buffers_size\" must be equal to or greater than {least}"));
            return Err(at(fault.help(format!("which is {} here", largest.value)), self.busy, largest));
        }
        if self.busy.value > most {
            let fault = Fault::emerg(format!(
                "\"{prefix}_busy_buffers_size\" must be less than the size of all \"{prefix}_buffers\" minus one buffer"
            ));
            let help = format!("it is {} here, all buffers but one hold {most}", self.busy.value);
            let guilty = if self.busy.span.is_some() { self.busy } else { largest };
            return Err(at(fault.help(help), guilty, self.count));
        }
        if self.temp_write.value < largest.value {
            let fault =
                Fault::emerg(format!("\"{prefix}_temp_file_write_size\" must be equal to or greater than {least}"));
            return Err(at(fault.help(format!("which is {} here", largest.value)), self.temp_write, largest));
        }
        if self.max_temp.value != 0 && self.max_temp.value < largest.value {
            let fault = Fault::emerg(format!(
                "\"{prefix}_max_temp_file_size\" must be equal to zero to disable temporary files usage \
                 or must be equal to or greater than {least}"
            ));
            return Err(at(fault.help(format!("which is {} here", largest.value)), self.max_temp, largest));
        }
        Ok(())
    }
}

/// Judges the sizes that hold in the current scope.
///
/// # Errors
/// nginx's, the first of them.
pub fn judge(cx: &mut Cx, prefix: &str) -> Verdict {
    Buffers::effective(&cx.config, cx.scope, prefix).check(prefix)
}

/// Adds the default temporary folder where none is set: `ngx_conf_merge_path_value`.
///
/// # Errors
/// nginx's, when a folder of the same name has other levels.
pub fn default_folder(cx: &mut Cx, prefix: &str, directive: &str) -> Verdict {
    if cx.config.effective(cx.scope, directive).is_some() {
        return Ok(());
    }
    let Some((_, name)) = cx.target.paths.temporary.iter().find(|(part, _)| part == prefix) else { return Ok(()) };
    let name = cx.prefix_path(name);
    cx.add_folder(Folder { name, levels: DEFAULT_LEVELS.to_vec(), owner: None, place: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let span = Some(Span { file: crate::syntax::FileId(0), start: 0, end: 0 });
        let set = |value| Set { value, span };
        let sizes = |first, count, each| {
            Buffers { first: set(first), count: set(count), each: set(each), ..Buffers::default() }.with_defaults()
        };
        let cases = [
            (sizes(4096, 8, 4096), None),
            (sizes(4096, 1, 4096), Some("there must be at least 2")),
            (sizes(65536, 8, 4096), Some("must be less than the size")),
            (sizes(4096, 2, 4096), Some("must be less than the size")),
            (sizes(4096, 3, 4096), None),
            (Buffers { busy: set(4095), ..sizes(4096, 8, 4096) }, Some("\"p_busy_buffers_size\" must be equal")),
            (Buffers { temp_write: set(1), ..sizes(4096, 8, 4096) }, Some("\"p_temp_file_write_size\" must")),
            (Buffers { max_temp: set(1), ..sizes(4096, 8, 4096) }, Some("\"p_max_temp_file_size\" must")),
            (Buffers { max_temp: set(0), ..sizes(4096, 8, 4096) }, None),
        ];
        for (buffers, want) in cases {
            let said = buffers.check("p").err().map(|fault| fault.message);
            match want {
                Some(start) => assert!(said.as_deref().is_some_and(|m| m.contains(start)), "{said:?} for {buffers:?}"),
                None => assert_eq!(said, None, "{buffers:?}"),
            }
        }
    }
}
