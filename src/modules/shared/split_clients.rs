//! `split_clients` of `http` and `stream`: a variable whose value depends on a hash, by percentages.
//!
//! The parts share the range of a 32-bit MurmurHash2 of the source. nginx counts hundredths of a percent in 32 bits:
//! a part ends where `sum of percent * 0xffffffff / 10000` ends, the parts before it rounded down one by one.

use super::map::variable_name;
use crate::modules::Version;
use crate::modules::prelude::*;

/// All `split_clients` of a realm, in order.
#[derive(Debug, Clone, Default)]
pub struct Splits(pub Vec<Split>);

/// One `split_clients`.
#[derive(Debug, Clone)]
pub struct Split {
    /// What is hashed.
    pub source: Text,
    /// The variable's name, without `$`.
    pub variable: String,
    /// The parts, in order.
    pub parts: Vec<SplitPart>,
    /// The word that names the variable.
    pub span: Span,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitPart {
    /// Hashes below this are in it (if in none before); `None` for all that are left.
    pub below: Option<u32>,
    /// The value.
    pub value: String,
    /// The word with the percentage.
    pub span: Span,
}

impl Split {
    /// The part that a value of the source falls into.
    #[must_use]
    pub fn part_of(&self, value: &[u8]) -> Option<&SplitPart> {
        self.part(murmur_hash2(value))
    }

    /// The part that a hash falls into.
    #[must_use]
    pub fn part(&self, hash: u32) -> Option<&SplitPart> {
        self.parts.iter().find(|part| part.below.is_none_or(|below| hash < below))
    }
}

/// Austin Appleby's MurmurHash2 of 32 bits, with the seed 0.
#[must_use]
pub fn murmur_hash2(bytes: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = bytes.len() as u32;
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    if !rest.is_empty() {
        hash ^= rest.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

/// 100 % in hundredths of a percent.
const WHOLE: u32 = 10_000;

/// Since then what ends at 100 % exactly holds the last hash too.
const CLOSED: Version = Version::read("1.31.2");

/// `ngx_conf_split_clients_block`
///
/// # Errors
/// nginx's messages.
pub fn block(cx: &mut Cx, call: &Call) -> Verdict {
    let source = cx.complex(&call.words[1])?;
    let variable = variable_name(call, 2)?;
    cx.define(variable, CHANGEABLE, call.span(2))?;
    cx.keep(call, Value::Own);
    let (mut shares, mut parts): (Vec<u32>, Vec<SplitPart>) = (Vec::new(), Vec::new());
    cx.rows(call, false, &mut |_, row| {
        let word = &row.words[0];
        shares.push(share(word)?);
        let value = row.words.get(1).map(|value| value.value.to_string()).unwrap_or_default();
        parts.push(SplitPart { below: None, value, span: word.span });
        Ok(())
    })?;
    limits(cx, &shares, &mut parts)?;
    let split = Split { source, variable: variable.to_owned(), parts, span: call.span(2) };
    cx.realm_slot::<Splits>().0.push(split);
    Ok(())
}

/// Hundredths of a percent; 0 for `*`.
fn share(word: &Word) -> Result<u32, Fault> {
    let text = &*word.value;
    if text == "*" {
        return Ok(0);
    }
    let hundredths = text.strip_suffix('%').and_then(|number| values::fixed_point(number, 2));
    hundredths.filter(|hundredths| *hundredths > 0).map(|hundredths| hundredths as u32).ok_or_else(|| {
        let fault = Fault::emerg(format!("invalid percent value \"{text}\"")).at(word.span);
        fault.help("a percentage with up to two decimals, such as 0.5%, or * for what is left")
    })
}

fn limits(cx: &Cx, shares: &[u32], parts: &mut [SplitPart]) -> Verdict {
    let (mut sum, mut last) = (0_u32, 0_u32);
    for (share, part) in shares.iter().zip(parts) {
        sum = if *share > 0 { sum.wrapping_add(*share) } else { WHOLE };
        if sum > WHOLE {
            return Err(Fault::emerg("percent total is greater than 100%").at(part.span));
        }
        if *share > 0 && (sum < WHOLE || cx.target.version < CLOSED) {
            last = last.wrapping_add((u64::from(*share) * u64::from(u32::MAX) / u64::from(WHOLE)) as u32);
            part.below = Some(last);
        }
    }
    Ok(())
}
