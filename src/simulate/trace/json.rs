//! JSON lines: an object per request. The fields are in `fields.rs`; others are passed over.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Slice;
use super::fields::{Draft, Value, field};
use super::page::{Lines, Page, Wrong};

/// Reads lines of JSON.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    get: Slice,
    root: Slice,
}

impl Lines for Reader {
    fn begin(&mut self, page: &mut Page<'_>) {
        self.get = page.text(b"GET");
        self.root = page.text(b"/");
    }

    fn line<'a>(&mut self, number: u64, line: &'a [u8], page: &mut Page<'a>) -> Result<(), Wrong> {
        let mut draft = Draft::new(number, self.get, self.root, page);
        let mut fault = None;
        let mut parser = serde_json::Deserializer::from_slice(line);
        let read = Request { draft: &mut draft, page, fault: &mut fault }.deserialize(&mut parser);
        if let Err(error) = read.and_then(|()| parser.end()) {
            return Err(broken(line, &error));
        }
        match fault {
            Some((name, message)) => Err(Wrong { span: place(line, &name), message }),
            None => draft.finish(line, page),
        }
    }
}

/// The parser's words without the place, which is told otherwise.
fn broken(line: &[u8], error: &serde_json::Error) -> Wrong {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(&*words, |(words, _)| words);
    let at = error.column().saturating_sub(1).min(line.len());
    Wrong { span: at..(at + 1).min(line.len()), message: format!("not an object of JSON: {words}") }
}

/// A field, as far as its value's first separator.
fn place(line: &[u8], name: &str) -> std::ops::Range<usize> {
    let at = memchr::memmem::find(line, format!("\"{name}\"").as_bytes()).unwrap_or(0);
    let length = memchr::memchr2(b',', b'}', &line[at..]).unwrap_or(line.len() - at);
    at..at + length
}

/// A line's object, read into a draft; the first value that is wrong is noted.
struct Request<'p, 'a> {
    draft: &'p mut Draft,
    page: &'p mut Page<'a>,
    fault: &'p mut Option<(String, String)>,
}

impl<'de> DeserializeSeed<'de> for Request<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Request<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(name)) = map.next_key()? {
            let Some(field) = field(&name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value: Value<'de> = map.next_value()?;
            if let Err(message) = self.draft.set(field, &value, self.page) {
                self.fault.get_or_insert_with(|| (field.name.to_owned(), message));
            }
        }
        Ok(())
    }
}

/// A string, of whatever bytes.
struct Text<'a>(Cow<'a, [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<'a>, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_bytes<E: de::Error>(self, text: &'de [u8]) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text.as_bytes())))
            }

            fn visit_bytes<E: de::Error>(self, text: &[u8]) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_vec())))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                self.visit_bytes(text.as_bytes())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Nothing)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Value<'de>, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(Value::Whole(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text.as_bytes())))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.as_bytes().to_vec())))
    }

    /// A list of texts is as several headers of a name; the peers of `upstream_addr` may be listed so, too.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value<'de>, A::Error> {
        let mut joined: Vec<u8> = Vec::new();
        while let Some(value) = list.next_element::<Value<'de>>()? {
            if !joined.is_empty() {
                joined.extend_from_slice(b", ");
            }
            match value {
                Value::Text(text) => joined.extend_from_slice(&text),
                Value::Whole(number) => joined.extend_from_slice(number.to_string().as_bytes()),
                _ => return exhaust(list),
            }
        }
        Ok(Value::Text(Cow::Owned(joined)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(Text(name)) = map.next_key()? {
            let OneOrMore(values) = map.next_value()?;
            pairs.extend(values.into_iter().map(|value| (name.clone(), value)));
        }
        Ok(Value::Map(pairs))
    }
}

fn exhaust<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Value<'de>, A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(Value::Other)
}

/// A header's value, or several.
struct OneOrMore<'a>(Vec<Cow<'a, [u8]>>);

impl<'de> Deserialize<'de> for OneOrMore<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OneOrMore<'de>, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMore<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header's text, or several")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<OneOrMore<'de>, E> {
                Ok(OneOrMore(vec![Cow::Borrowed(text.as_bytes())]))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMore<'de>, E> {
                Ok(OneOrMore(vec![Cow::Owned(text.as_bytes().to_vec())]))
            }

            fn visit_unit<E: de::Error>(self) -> Result<OneOrMore<'de>, E> {
                Ok(OneOrMore(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMore<'de>, A::Error> {
                let mut texts = Vec::new();
                while let Some(Text(text)) = list.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMore(texts))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}
