//! The fields of a request as JSON lines and CSV name them: one list for both.

use std::borrow::Cow;

use super::page::{Page, Wrong, quoted};
use super::time::{decimal, floating, iso};
use super::{Batch, Id, Record, Slice, client};
use crate::balance::Millis;
use crate::exchange::record_names as names;

/// A name and a value.
pub type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// A field's value. CSV knows only text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing: as if the field were not there.
    Nothing,
    /// Text, of any bytes.
    Text(Cow<'a, [u8]>),
    /// A number.
    Number(f64),
    /// A whole number without sign.
    Whole(u64),
    /// `true`, `false`.
    Flag(bool),
    /// Names and values.
    Map(Vec<Pair<'a>>),
    /// Something else.
    Other,
}

impl Value<'_> {
    /// As messages quote it.
    fn shown(&self) -> String {
        match self {
            Value::Text(text) => quoted(text),
            Value::Number(number) => number.to_string(),
            Value::Whole(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Nothing | Value::Map(_) | Value::Other => "neither text nor a number".to_owned(),
        }
    }

    /// Seconds in milliseconds.
    fn seconds(&self) -> Option<u64> {
        match self {
            Value::Text(text) => decimal(text),
            Value::Number(seconds) => floating(*seconds),
            Value::Whole(seconds) => floating(*seconds as f64),
            _ => None,
        }
    }

    fn whole(&self) -> Option<u64> {
        match self {
            Value::Whole(number) => Some(*number),
            Value::Text(text) => super::time::number(text),
            _ => None,
        }
    }

    fn small(&self) -> Option<u16> {
        self.whole().and_then(|number| u16::try_from(number).ok())
    }

    fn text(&self, page: &mut Page<'_>) -> Option<Slice> {
        let number;
        let text: &[u8] = match self {
            Value::Text(text) => text,
            Value::Whole(whole) => {
                number = whole.to_string();
                number.as_bytes()
            }
            _ => return None,
        };
        Some(page.text(text))
    }
}

/// A request whose fields are being read.
#[derive(Debug)]
pub struct Draft {
    record: Record,
    time: Option<Millis>,
    /// Headers of the page that were there before.
    first: usize,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What its value has to be, for messages.
    kind: &'static str,
    set: Set,
    /// Its value in a request that was read.
    pub get: Get,
}

type Set = fn(&mut Draft, &Value<'_>, &mut Page<'_>) -> Option<()>;
type Get = for<'a> fn(&'a Batch, &Record) -> Value<'a>;

const fn field_of(name: &'static str, kind: &'static str, set: Set, get: Get) -> Field {
    Field { name, kind, set, get }
}

/// The fields, in the order in which they are written.
pub const FIELDS: &[Field] = &[
    field_of("id", "a number or text", id, |batch, record| match record.id {
        Id::Number(number) => Value::Whole(number),
        Id::Text(slice) => text(batch, slice),
    }),
    field_of(names::TIME, "a date or seconds", |d, v, _| d.time(v), |_, record| seconds(record.time.0)),
    field_of(names::METHOD, "text", |d, v, page| put(&mut d.record.method, v.text(page)), |b, r| text(b, r.method)),
    field_of(
        names::CLIENT,
        "an address",
        |d, v, _| d.client(v),
        |_, record| {
            Value::Text(record.client.map_or(Cow::Borrowed(b"unix:"), |ip| Cow::Owned(ip.to_string().into_bytes())))
        },
    ),
    field_of(names::HOST, "text", |d, v, page| put(&mut d.record.host, v.text(page)), |b, r| text(b, r.host)),
    field_of(names::URI, "text", |d, v, page| put(&mut d.record.uri, v.text(page)), |b, r| text(b, r.uri)),
    field_of(names::HEADERS, "an object of texts", headers, |batch, record| {
        let get = |slice| Cow::Borrowed(batch.get(slice));
        let pairs: Vec<_> = batch.headers(record).iter().map(|header| (get(header.name), get(header.value))).collect();
        if pairs.is_empty() { Value::Nothing } else { Value::Map(pairs) }
    }),
    field_of(
        names::SERVICE,
        "a time in seconds",
        |d, v, _| some(&mut d.record.service, v.seconds()),
        |_, r| r.service.map_or(Value::Nothing, seconds),
    ),
    field_of("session", "text", |d, v, page| some(&mut d.record.session, v.text(page)), |b, r| optional(b, r.session)),
    field_of(names::VERSION, "a version of HTTP", version, |_, record| match record.version {
        11 => Value::Nothing,
        tenths => Value::Number(f64::from(tenths) / 10.0),
    }),
    field_of(names::PORT, "a port", |d, v, _| some(&mut d.record.port, v.small()), |_, r| small(r.port)),
    field_of(names::TLS, "true or false", tls, |_, record| record.tls.map_or(Value::Nothing, Value::Flag)),
    field_of("scheme", "http or https", tls, |_, _| Value::Nothing),
    field_of(names::STATUS, "a status", |d, v, _| some(&mut d.record.status, v.small()), |_, r| small(r.status)),
    field_of(
        names::UPSTREAM_ADDR,
        "text",
        |d, v, page| some(&mut d.record.upstream_addr, v.text(page)),
        |b, r| optional(b, r.upstream_addr),
    ),
    field_of(
        names::UPSTREAM_STATUS,
        "text",
        |d, v, page| some(&mut d.record.upstream_status, v.text(page)),
        |b, r| optional(b, r.upstream_status),
    ),
];

/// Milliseconds as seconds.
fn seconds(milliseconds: u64) -> Value<'static> {
    Value::Number(milliseconds as f64 / 1000.0)
}

fn small(number: Option<u16>) -> Value<'static> {
    number.map_or(Value::Nothing, |number| Value::Whole(u64::from(number)))
}

fn text(batch: &Batch, slice: Slice) -> Value<'_> {
    if slice.len == 0 { Value::Nothing } else { Value::Text(Cow::Borrowed(batch.get(slice))) }
}

fn optional(batch: &Batch, slice: Option<Slice>) -> Value<'_> {
    slice.map_or(Value::Nothing, |slice| text(batch, slice))
}

/// The field of a name.
#[must_use]
pub fn field(name: &[u8]) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name.as_bytes() == name)
}

fn put<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

fn some<T>(place: &mut Option<T>, value: Option<T>) -> Option<()> {
    put(place, Some(Some(value?)))
}

fn id(draft: &mut Draft, value: &Value<'_>, page: &mut Page<'_>) -> Option<()> {
    let id = value.whole().map(Id::Number).or_else(|| value.text(page).map(Id::Text));
    put(&mut draft.record.id, id)
}

fn headers(draft: &mut Draft, value: &Value<'_>, page: &mut Page<'_>) -> Option<()> {
    let Value::Map(pairs) = value else { return None };
    for (name, value) in pairs {
        draft.header(name, value, page);
    }
    Some(())
}

/// 1.1, "1.1", "HTTP/1.1", 2.
fn version(draft: &mut Draft, value: &Value<'_>, _: &mut Page<'_>) -> Option<()> {
    let tenths = match value {
        Value::Text(text) => decimal(text.strip_prefix(b"HTTP/").unwrap_or(text))? / 100,
        Value::Number(number) => floating(*number)? / 100,
        Value::Whole(number) => number.checked_mul(10)?,
        _ => return None,
    };
    put(&mut draft.record.version, [9, 10, 11, 20, 30].into_iter().find(|known| u64::from(*known) == tenths))
}

fn tls(draft: &mut Draft, value: &Value<'_>, _: &mut Page<'_>) -> Option<()> {
    let tls = match value {
        Value::Flag(flag) => *flag,
        Value::Text(text) => match &**text {
            b"https" | b"on" | b"true" | b"1" => true,
            b"http" | b"off" | b"false" | b"0" => false,
            _ => return None,
        },
        _ => return None,
    };
    put(&mut draft.record.tls, Some(Some(tls)))
}

impl Draft {
    /// A request of which nothing is known yet.
    #[must_use]
    pub fn new(line: u64, method: Slice, uri: Slice, page: &Page<'_>) -> Draft {
        Draft { record: Record::new(line, method, uri), time: None, first: page.headers.len() }
    }

    fn time(&mut self, value: &Value<'_>) -> Option<()> {
        let text = match value {
            Value::Text(text) => iso(text),
            _ => None,
        };
        some(&mut self.time, value.seconds().or(text).map(Millis))
    }

    fn client(&mut self, value: &Value<'_>) -> Option<()> {
        let Value::Text(text) = value else { return None };
        put(&mut self.record.client, client::read(text).ok())
    }

    /// A header; `host` is one only by name.
    pub fn header(&mut self, name: &[u8], value: &[u8], page: &mut Page<'_>) {
        if name.eq_ignore_ascii_case(b"host") {
            self.record.host = page.text(value);
        } else {
            page.header(name, value);
        }
    }

    /// Sets a field.
    ///
    /// # Errors
    /// What is wrong with the value, in words.
    pub fn set(&mut self, field: &Field, value: &Value<'_>, page: &mut Page<'_>) -> Result<(), String> {
        if *value == Value::Nothing {
            return Ok(());
        }
        (field.set)(self, value, page)
            .ok_or_else(|| format!("\"{}\" is not {}: {}", field.name, field.kind, value.shown()))
    }

    /// The request is complete.
    ///
    /// # Errors
    /// It has no time.
    pub fn finish(mut self, line: &[u8], page: &mut Page<'_>) -> Result<(), Wrong> {
        let missing = || Wrong { span: 0..line.len(), message: "there is no \"t\", the time of arrival".to_owned() };
        self.record.time = self.time.ok_or_else(missing)?;
        page.record(self.record, self.first);
        Ok(())
    }
}

/// The name of a header by a column's: `header.x-key`, `http_x_key`.
#[must_use]
pub fn header_of(column: &str) -> Option<String> {
    let column = column.to_ascii_lowercase();
    let plain = column.strip_prefix("header.").map(str::to_owned);
    plain.or_else(|| column.strip_prefix("http_").map(|name| name.replace('_', "-"))).filter(|name| !name.is_empty())
}
