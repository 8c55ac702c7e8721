//! Texts with variables in SSI commands, and the variables of a page: those that its commands set, and all of nginx's.

use super::date::{self, Moment};
use super::{Bad, Scene};
use crate::exchange::value::by_name;
use crate::syntax::decode;

/// What a value may be made of.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The value of a text. With `is_path` one that does not begin with `/` is looked for beside the page.
///
/// # Errors
/// It is not well formed; said in nginx's words.
pub fn evaluate(scene: &mut Scene, text: &[u8], is_path: bool) -> Result<Vec<u8>, Bad> {
    let mut value = Vec::new();
    let mut rest = text;
    while let Some(byte) = rest.first() {
        if *byte != b'$' {
            rest = unquote(rest, &mut value, text.contains(&b'$'));
            continue;
        }
        let invalid = || Bad::Said([b"invalid variable name in \"", text, b"\""].concat());
        rest = &rest[1..];
        let is_braced = rest.first() == Some(&b'{');
        rest = &rest[usize::from(is_braced)..];
        if rest.is_empty() {
            return Err(invalid());
        }
        let length = rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
        let name = &rest[..length];
        rest = &rest[length..];
        if is_braced {
            rest = rest
                .strip_prefix(b"}")
                .ok_or_else(|| Bad::Said([b"the closing bracket in \"", name, b"\" variable is missing"].concat()))?;
        }
        if name.is_empty() {
            return Err(invalid());
        }
        value.extend(variable(scene, name)?.unwrap_or_default());
    }
    if is_path && value.first() != Some(&b'/') {
        let uri = scene.exchange.request.uri();
        let folder = uri.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        value.splice(..0, uri[..folder].iter().copied());
    }
    Ok(value)
}

/// Appends what stands before the next variable; gives what follows it.
fn unquote<'t>(text: &'t [u8], value: &mut Vec<u8>, has_variables: bool) -> &'t [u8] {
    let mut is_quoted = false;
    for (at, byte) in text.iter().copied().enumerate() {
        match byte {
            b'\\' if !is_quoted => {
                is_quoted = true;
                continue;
            }
            b'$' if !is_quoted && has_variables => return &text[at..],
            b'\\' | b'\'' | b'"' | b'$' => {}
            _ if is_quoted => value.push(b'\\'),
            _ => {}
        }
        is_quoted = false;
        value.push(byte);
    }
    b""
}

/// The value of a variable; none where there is none.
///
/// # Errors
/// It cannot be made.
pub fn variable(scene: &mut Scene, name: &[u8]) -> Result<Option<Vec<u8>>, Bad> {
    let name = name.to_ascii_lowercase();
    if let Some(value) = scene.shared.get(&name) {
        return Ok(Some(value.to_vec()));
    }
    if matches!(&name[..], b"date_gmt" | b"date_local") {
        return date(scene, name == b"date_gmt").map(Some);
    }
    let (site, exchange) = (scene.site, &mut *scene.exchange);
    let value = by_name(&decode(&name), site, exchange);
    Ok(value.map(|value| exchange.text(site, value).to_vec()))
}

/// `$date_gmt`, `$date_local`: in the format that the page chose.
fn date(scene: &Scene, is_gmt: bool) -> Result<Vec<u8>, Bad> {
    let exchange = &*scene.exchange;
    let unix = ((exchange.epoch + exchange.now.0) / 1000).cast_signed();
    let mut out = Vec::new();
    date::write(scene.time_format, Moment { unix, zone: exchange.facts.zone, is_gmt }, &mut out);
    if out.is_empty() { Err(Bad::Broken) } else { Ok(out) }
}
