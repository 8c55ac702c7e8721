//! Ranges of IPv4 addresses as `geo` keeps them: cut at every 65,536 addresses, each piece in a sorted list.
//!
//! A later range may lie inside an earlier one, which it splits; it may not cross its ends. As the pieces are judged
//! one by one, what nginx takes for the same range, or for crossing one, is a piece.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::modules::prelude::*;

/// Ranges that do not overlap.
#[derive(Debug, Default)]
pub struct Ranges(BTreeMap<u16, Vec<Piece>>);

#[derive(Debug, Clone)]
struct Piece {
    start: u16,
    end: u16,
    value: Arc<str>,
}

/// What may be remarkable about a piece that is added.
#[derive(Debug)]
pub enum Added {
    /// It was there already, with this value.
    Again(Arc<str>),
    /// It crosses an end of the piece between these addresses.
    Across(Ipv4Addr, Ipv4Addr),
}

/// The pieces of a range: upper half, lowest and highest lower half.
fn pieces(start: u32, end: u32) -> impl Iterator<Item = (u16, u16, u16)> {
    let (first, last) = (start >> 16, end >> 16);
    (first..=last).map(move |high| {
        let from = if high == first { start as u16 } else { 0 };
        let to = if high == last { end as u16 } else { u16::MAX };
        (high as u16, from, to)
    })
}

fn address(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

impl Ranges {
    /// Adds a range (`ngx_http_geo_add_range`); what is remarkable goes to `tell`, whose refusal ends it.
    ///
    /// # Errors
    /// That of `tell`.
    pub fn add(&mut self, start: u32, end: u32, value: &Arc<str>, tell: &mut dyn FnMut(Added) -> Verdict) -> Verdict {
        for (high, start, end) in pieces(start, end) {
            let list = self.0.entry(high).or_default();
            let at = list.partition_point(|piece| piece.end < start);
            let new = Piece { start, end, value: value.clone() };
            let Some(old) = list.get(at).filter(|old| old.start <= end).cloned() else {
                list.insert(at, new);
                continue;
            };
            if (start, end) == (old.start, old.end) {
                tell(Added::Again(old.value))?;
                list[at] = new;
                continue;
            }
            if start < old.start || end > old.end {
                // Of several nginx meets the last one first.
                let highest = list[at..].iter().rev().find(|piece| piece.start <= end).unwrap_or(&old);
                tell(Added::Across(address(high, highest.start), address(high, highest.end)))?;
                continue;
            }
            let before = (old.start < start).then(|| Piece { end: start.wrapping_sub(1), ..old.clone() });
            let after = (end < old.end).then(|| Piece { start: end.wrapping_add(1), ..old });
            list.splice(at..=at, before.into_iter().chain([new]).chain(after));
        }
        Ok(())
    }

    /// Takes a range away (`ngx_http_geo_delete_range`): those of its pieces that are there exactly so. Whether all
    /// were.
    pub fn remove(&mut self, start: u32, end: u32) -> bool {
        let mut content = true;
        for (high, start, end) in pieces(start, end) {
            let list = self.0.entry(high).or_default();
            match list.iter().position(|piece| (piece.start, piece.end) == (start, end)) {
                Some(at) => drop(list.remove(at)),
                None => content = false,
            }
        }
        content
    }

    /// All pieces in order: first address, last address, value.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32, &Arc<str>)> {
        let whole = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
        let pieces = self.0.iter().flat_map(|(high, list)| list.iter().map(move |piece| (*high, piece)));
        pieces.map(move |(high, piece)| (whole(high, piece.start), whole(high, piece.end), &piece.value))
    }

    /// The value of an address.
    #[must_use]
    pub fn find(&self, address: Ipv4Addr) -> Option<&Arc<str>> {
        let number = u32::from(address);
        let (high, low) = ((number >> 16) as u16, number as u16);
        let list = self.0.get(&high)?;
        let piece = list.get(list.partition_point(|piece| piece.end < low))?;
        (piece.start <= low).then_some(&piece.value)
    }
}
