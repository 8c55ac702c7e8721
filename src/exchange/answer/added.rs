//! What a configuration adds to answers: `ngx_http_headers_filter_module.c`.

use super::Answer;
use super::filter::{Filtering, Refused};
use super::parse_time;
use crate::config::{Config, ScopeId};
use crate::exchange::site::{Builder, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::{Template, http_time};
use crate::modules::http::headers::{Expires, Header, Headers, Trailers, parse_expires};
use crate::syntax::{decode, encode};

/// `expires`, `add_header` and `add_trailer` of one location.
#[derive(Debug, Default)]
pub struct Added {
    expires: Expires,
    /// The value of `expires`, where it has variables.
    dynamic: Option<(Template, bool)>,
    headers: Vec<Field>,
    trailers: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: Box<[u8]>,
    value: Template,
    always: bool,
    manner: Manner,
}

/// What becomes of those of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Add,
    LastModified,
    Etag,
}

impl Added {
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Option<Added> {
        let config = builder.config;
        let mut added =
            Added { expires: config.effective_slot::<Expires>(scope).cloned().unwrap_or_default(), ..Added::default() };
        if let Expires::Dynamic { value, modified } = &added.expires {
            added.dynamic = Some((builder.template(value), *modified));
        }
        let headers = inherited(config, scope, "add_header_inherit", &|scope| {
            config.scope(scope).slot::<Headers>().map(|headers| headers.0.as_slice())
        });
        let trailers = inherited(config, scope, "add_trailer_inherit", &|scope| {
            config.scope(scope).slot::<Trailers>().map(|trailers| trailers.0.as_slice())
        });
        added.headers = headers.into_iter().map(|header| Field::compile(header, builder)).collect();
        added.trailers = trailers.into_iter().map(|header| Field::compile(header, builder)).collect();
        let nothing = added.expires == Expires::Off && added.headers.is_empty() && added.trailers.is_empty();
        (!nothing).then_some(added)
    }

    /// Evaluates the trailers, once the body is there.
    pub fn write_trailers(&self, site: &Site, exchange: &mut Exchange, answer: &mut Answer) {
        let is_safe = is_safe(answer.status);
        for field in self.trailers.iter().filter(|field| is_safe || field.always) {
            let value = exchange.with_answer(answer, |exchange| field.value.eval(site, exchange));
            if !value.is_empty() {
                answer.trailers.push(&field.name, exchange.text(site, value));
            }
        }
    }
}

/// The headers that hold in a scope. Its own come before those of the scopes around it, where they are merged.
fn inherited<'c>(
    config: &'c Config,
    scope: ScopeId,
    directive: &str,
    own: &dyn Fn(ScopeId) -> Option<&'c [Header]>,
) -> Vec<&'c Header> {
    let mut all = Vec::new();
    for id in config.ancestors(scope) {
        let how = config.effective(id, directive).map_or("on", |set| set.arg(1));
        let own = own(id).unwrap_or_default();
        all.extend(own);
        if how == "off" || (how == "on" && !own.is_empty()) {
            break;
        }
    }
    all
}

impl Field {
    fn compile(header: &Header, builder: &mut Builder) -> Field {
        let manner = match header.name.to_ascii_lowercase().as_str() {
            "last-modified" => Manner::LastModified,
            "etag" => Manner::Etag,
            _ => Manner::Add,
        };
        let value = builder.template(&header.value);
        Field { name: encode(&header.name).into(), value, always: header.always, manner }
    }
}

/// Statuses whose answers get what is not said to be added always.
fn is_safe(status: u16) -> bool {
    matches!(status, 200 | 201 | 204 | 206 | 301 | 302 | 303 | 304 | 307 | 308)
}

/// Adds to the head.
pub fn filter(it: &mut Filtering) -> Result<(), Refused> {
    let Some(added) = it.terms.added.as_deref() else { return Ok(()) };
    let is_safe = is_safe(it.answer.status);
    if is_safe {
        expire(it, added);
    }
    for field in added.headers.iter().filter(|field| is_safe || field.always) {
        let value = it.eval(&field.value);
        let value = it.exchange.text(it.site, value);
        if field.manner == Manner::LastModified {
            it.answer.last_modified = parse_time(value);
            it.answer.lists_last_modified = !value.is_empty();
        }
        match field.manner {
            Manner::Add if value.is_empty() => {}
            Manner::Add => it.answer.list.push(&field.name, value),
            _ if value.is_empty() => it.answer.list.remove(&field.name),
            _ => it.answer.list.set(&field.name, value),
        }
    }
    it.answer.expects_trailers |= added.trailers.iter().any(|field| is_safe || field.always);
    Ok(())
}

/// `ngx_http_set_expires`
fn expire(it: &mut Filtering, added: &Added) {
    const EPOCH: &str = "Thu, 01 Jan 1970 00:00:01 GMT";
    const FAR: &str = "Thu, 31 Dec 2037 23:55:55 GMT";
    let dynamic;
    let expires = match &added.dynamic {
        None => &added.expires,
        Some((value, modified)) => {
            let value = it.eval(value);
            let Some(found) = parse_expires(&decode(it.exchange.text(it.site, value)), *modified) else { return };
            dynamic = found;
            &dynamic
        }
    };
    let now = ((it.exchange.epoch + it.exchange.now.0) / 1000) as i64;
    let (until, age) = match *expires {
        Expires::Off | Expires::Dynamic { .. } => return,
        Expires::Epoch => (EPOCH.to_owned(), "no-cache".to_owned()),
        Expires::Max => (FAR.to_owned(), "max-age=315360000".to_owned()),
        Expires::Access(0) | Expires::Modified(0) => (http_time(now), "max-age=0".to_owned()),
        Expires::Access(seconds) => aged(now, now + seconds, seconds < 0 && added.dynamic.is_none()),
        Expires::Modified(seconds) => {
            let from = it.answer.last_modified.unwrap_or(now);
            aged(now, from + seconds, seconds < 0 && added.dynamic.is_none())
        }
        Expires::Daily(seconds) => aged(now, next_time(now, seconds, i64::from(it.exchange.facts.zone)), false),
    };
    it.answer.list.set(b"Expires", until.as_bytes());
    it.answer.list.set(b"Cache-Control", age.as_bytes());
}

fn aged(now: i64, until: i64, is_past: bool) -> (String, String) {
    let age = until - now;
    let age = if is_past || age < 0 { "no-cache".to_owned() } else { format!("max-age={age}") };
    (http_time(until), age)
}

/// When it is next this second of the local day; local time is so many seconds east of Greenwich.
fn next_time(now: i64, second: i64, zone: i64) -> i64 {
    const DAY: i64 = 24 * 60 * 60;
    let today = now - (now + zone).rem_euclid(DAY) + second;
    if today > now { today } else { today + DAY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        assert_eq!(aged(10, 15, false).1, "max-age=5");
        assert_eq!(aged(10, 5, false), ("Thu, 01 Jan 1970 00:00:05 GMT".to_owned(), "no-cache".to_owned()));
        assert_eq!(next_time(86_400 + 100, 200, 0), 86_400 + 200);
        assert_eq!(next_time(86_400 + 100, 100, 0), 2 * 86_400 + 100);
        assert_eq!(next_time(86_400 + 100, 3700, 3600), 86_400 + 86_400 + 100);
    }
}
