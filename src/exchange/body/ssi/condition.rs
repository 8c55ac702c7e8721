//! The expressions of `if` and `elif`: a text, or two of them with `=` or `!=` between; the second may be a regular
//! expression, between slashes.

use super::text::evaluate;
use super::{Bad, Scene};
use crate::config::Regex;
use crate::syntax::decode;

/// What the left side may be made of.
fn is_left(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"${}_\"'".contains(&byte)
}

fn trim(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| **byte == b' ').count();
    &text[spaces..]
}

/// Whether an expression holds.
///
/// # Errors
/// It is none.
pub fn holds(scene: &mut Scene, mut expression: Vec<u8>) -> Result<bool, Bad> {
    let end = expression.iter().position(|byte| !is_left(*byte)).unwrap_or(expression.len());
    expression[..end].make_ascii_lowercase();
    let (left, rest) = expression.split_at(end);
    let left = evaluate(scene, left, false)?;
    let rest = trim(rest);
    if rest.is_empty() {
        return Ok(!left.is_empty());
    }
    let invalid = || Bad::Said([b"invalid expression in \"", &expression[..], b"\""].concat());
    let (negative, right) = match rest {
        [b'=', right @ ..] => (false, trim(right)),
        [b'!', b'=', right @ ..] => (true, trim(right)),
        _ => return Err(invalid()),
    };
    let is_same = match right {
        [b'/', pattern @ .., b'/'] => {
            let pattern = evaluate(scene, pattern, false)?;
            matches(scene, &pattern, &left)?
        }
        [b'/', _, ..] => return Err(invalid()),
        [b'\\', right @ ..] if right.first() == Some(&b'/') => evaluate(scene, right, false)? == left,
        right => evaluate(scene, right, false)? == left,
    };
    Ok(is_same != negative)
}

/// Whether a regular expression matches; its groups are variables from then on.
fn matches(scene: &mut Scene, pattern: &[u8], text: &[u8]) -> Result<bool, Bad> {
    let regex = Regex::at_run_time(&decode(pattern)).map_err(|reason| Bad::Said(reason.into_bytes()))?;
    let program = regex.program();
    let mut places = program.capture_locations();
    if !matches!(program.captures_read(&mut places, text), Ok(Some(_))) {
        return Ok(false);
    }
    let group = |n| places.get(n).map(|(from, to)| text[from..to].to_vec());
    let last = (0..program.captures_len()).rposition(|n| places.get(n).is_some()).unwrap_or(0);
    scene.shared.captures = (0..=last).map(|n| group(n).unwrap_or_default()).collect();
    for (n, name) in program.capture_names().iter().enumerate() {
        if let Some(name) = name {
            scene.shared.set(name.as_bytes(), group(n).unwrap_or_default());
        }
    }
    Ok(true)
}
