//! The buffers of `proxy`, `fastcgi`, `uwsgi`, `scgi`: what nginx demands of their sizes when it merges a location, and
//! its default temporary folder.
//!
//! With `largest` = the larger of `..._buffer_size` and one of `..._buffers`: two buffers at least; `largest` <=
//! `..._busy_buffers_size` <= all buffers but one; `..._temp_file_write_size` >= `largest`; `..._max_temp_file_size` is
//! 0 or >= `largest`.

use crate::config::{Config, Setting};
use crate::modules::prelude::*;

/// nginx's page: the default size of a buffer.
const PAGE: u64 = 4096;

/// Levels of subfolders of the default temporary folders.
const DEFAULT_LEVELS: [u8; 2] = [1, 2];

/// The directives of one module.
#[derive(Debug, Clone, Copy)]
pub struct BufferNames {
    /// `proxy_buffer_size`
    pub first: &'static str,
    /// `proxy_buffers`
    pub all: &'static str,
    /// `proxy_busy_buffers_size`
    pub busy: &'static str,
    /// `proxy_temp_file_write_size`
    pub temp_write: &'static str,
    /// `proxy_max_temp_file_size`
    pub max_temp: &'static str,
    /// `proxy_temp_path`
    pub temp_path: &'static str,
}

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
    /// The sizes that hold in a scope, defaults filled in.
    #[must_use]
    pub fn effective(config: &Config, scope: ScopeId, names: &BufferNames) -> Buffers {
        let size = |name| match config.effective(scope, name) {
            Some(Setting { value: Value::Size(value), words, .. }) => Set { value: *value, span: Some(words[0].span) },
            _ => Set::default(),
        };
        let (count, each) = match config.effective(scope, names.all) {
            Some(Setting { value: Value::Bufs(count, each), words, .. }) => {
                let span = Some(words[0].span);
                (Set { value: *count, span }, Set { value: *each, span })
            }
            _ => (Set::default(), Set::default()),
        };
        let set = Buffers {
            first: size(names.first),
            count,
            each,
            busy: size(names.busy),
            temp_write: size(names.temp_write),
            max_temp: size(names.max_temp),
        };
        set.with_defaults()
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
    fn check(&self, names: &BufferNames) -> Verdict {
        let BufferNames { first, all, busy, temp_write, max_temp, .. } = names;
        let largest = self.largest();
        let most = self.count.value.wrapping_sub(1).wrapping_mul(self.each.value);
        let least = format!("the maximum of the value of \"{first}\" and one of the \"{all}\"");
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
            let fault = Fault::emerg(format!("there must be at least 2 \"{all}\""));
            return Err(at(fault, self.count, self.count));
        }
        if self.busy.value < largest.value {
            let fault = Fault::emerg(format!("\"{busy}\" must be equal to or greater than {least}"));
            return Err(at(fault.help(format!("which is {} here", largest.value)), self.busy, largest));
        }
        if self.busy.value > most {
            let fault =
                Fault::emerg(format!("\"{busy}\" must be less than the size of all \"{all}\" minus one buffer"));
            let help = format!("it is {} here, all buffers but one hold {most}", self.busy.value);
            let guilty = if self.busy.span.is_some() { self.busy } else { largest };
            return Err(at(fault.help(help), guilty, self.count));
        }
        if self.temp_write.value < largest.value {
            let fault = Fault::emerg(format!("\"{temp_write}\" must be equal to or greater than {least}"));
            return Err(at(fault.help(format!("which is {} here", largest.value)), self.temp_write, largest));
        }
        if self.max_temp.value != 0 && self.max_temp.value < largest.value {
            let fault = Fault::emerg(format!(
                "\"{max_temp}\" must be equal to zero to disable temporary files usage \
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
pub fn judge(cx: &mut Cx, names: &BufferNames) -> Verdict {
    Buffers::effective(&cx.config, cx.scope, names).check(names)
}

/// Adds the default temporary folder where a server sets none: `ngx_conf_merge_path_value`. A server that sets nothing of
/// the module may not be merged by itself, so those around the current one are looked at too.
///
/// # Errors
/// nginx's, when a folder of the same name has other levels.
pub fn default_folder(cx: &mut Cx, prefix: &str, names: &BufferNames) -> Verdict {
    let sets = |id: ScopeId| cx.config.scope(id).setting(names.temp_path).is_some();
    let Some(http) = cx.config.scope(cx.scope).parent else { return Ok(()) };
    if !cx.config.scope(cx.scope).context.meets(Contexts::SERVER) || sets(http) {
        return Ok(());
    }
    let mut servers = cx.config.scope(http).children.iter();
    if servers.all(|id| !cx.config.scope(*id).context.meets(Contexts::SERVER) || sets(*id)) {
        return Ok(());
    }
    cx.add_default_folder(prefix, &DEFAULT_LEVELS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        const NAMES: BufferNames = BufferNames {
            first: "p_buffer_size",
            all: "p_buffers",
            busy: "p_busy_buffers_size",
            temp_write: "p_temp_file_write_size",
            max_temp: "p_max_temp_file_size",
            temp_path: "p_temp_path",
        };
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
            let said = buffers.check(&NAMES).err().map(|fault| fault.message);
            match want {
                Some(start) => assert!(said.as_deref().is_some_and(|m| m.contains(start)), "{said:?} for {buffers:?}"),
                None => assert_eq!(said, None, "{buffers:?}"),
            }
        }
    }
}
