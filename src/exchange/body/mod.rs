//! What changes the body of an answer on its way to the client, without IO: nginx's body filters. Each answer has a chain
//! of them, mostly an empty one, and then its content goes to the client as it is and is copied nowhere.
//!
//! A header filter that finds something to do puts its [`BodyFilter`] into the chain. The driver gives the content to
//! [`Filters::filter`] and sends what comes back.

mod assembly;
pub mod ssi;

pub(super) use assembly::add;
pub use assembly::{Addition, Assembly};

use std::fmt::Debug;

/// A body that cannot be completed: the connection is closed, so that the client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// Something that changes a body.
pub trait BodyFilter: Debug {
    /// Takes the next bytes of a body and appends to `out` what they become. With `last` the body ends with them; before,
    /// some may be kept back, and `input` may be empty.
    ///
    /// # Errors
    /// The body is not what it should be.
    fn filter(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), Broken>;

    /// Appends what was kept back but could go: asked for where an answer is passed on without waiting for more of it.
    ///
    /// # Errors
    /// As [`BodyFilter::filter`].
    fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
        let _ = out;
        Ok(())
    }

    /// Nothing that comes after is of any use: the content need not be read to its end.
    fn is_done(&self) -> bool {
        false
    }
}

/// The filters of one answer, in the order in which they see the content.
#[derive(Debug, Default)]
pub struct Filters {
    chain: Vec<Box<dyn BodyFilter>>,
    /// What comes out of one filter and goes into the next.
    rooms: [Vec<u8>; 2],
    /// Other answers that stand in this one; mostly none.
    assembly: Option<Box<Assembly>>,
    /// Those from here on see the content once it is put together.
    joined_from: Option<usize>,
}

/// Room that grew beyond this is not kept.
const KEPT: usize = 64 << 10;

impl Filters {
    /// Whether content goes through as it is.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// Forgets the filters of the last answer.
    #[inline]
    pub fn clear(&mut self) {
        (self.assembly, self.joined_from) = (None, None);
        if self.chain.is_empty() {
            return;
        }
        self.chain.clear();
        for room in &mut self.rooms {
            room.clear();
            if room.capacity() > KEPT {
                *room = Vec::new();
            }
        }
    }

    /// What stands in the answer besides its own content. Filters that are added from here on see all of it.
    pub(in crate::exchange) fn assembly(&mut self) -> &mut Assembly {
        self.joined_from = Some(self.chain.len());
        self.assembly.get_or_insert_default()
    }

    /// Takes what stands in the answer besides its own content, and the filters that see all of it together.
    pub fn take_assembly(&mut self) -> Option<(Box<Assembly>, Filters)> {
        let assembly = self.assembly.take()?;
        let from = self.joined_from.take().unwrap_or(self.chain.len());
        Some((assembly, Filters { chain: self.chain.split_off(from), ..Filters::default() }))
    }

    /// Adds one that sees what comes out of those before it.
    pub fn push(&mut self, filter: Box<dyn BodyFilter>) {
        self.chain.push(filter);
    }

    /// Adds one that sees the content as it was made.
    pub fn push_first(&mut self, filter: Box<dyn BodyFilter>) {
        self.chain.insert(0, filter);
        if let Some(from) = &mut self.joined_from {
            *from += 1;
        }
    }

    /// Whether the rest of the content is of no use.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.chain.first().is_some_and(|filter| filter.is_done())
    }

    /// What the next bytes of the content become on their way through all filters.
    ///
    /// # Errors
    /// The body cannot be completed.
    pub fn filter<'f>(&'f mut self, input: &'f [u8], last: bool) -> Result<&'f [u8], Broken> {
        let Some((first, others)) = self.chain.split_first_mut() else { return Ok(input) };
        let [out, next] = &mut self.rooms;
        out.clear();
        first.filter(input, last, out)?;
        for filter in others {
            next.clear();
            filter.filter(out, last, next)?;
            std::mem::swap(out, next);
        }
        Ok(&self.rooms[0])
    }

    /// What the filters kept back and can give already.
    ///
    /// # Errors
    /// The body cannot be completed.
    pub fn flush(&mut self) -> Result<&[u8], Broken> {
        let [out, next] = &mut self.rooms;
        out.clear();
        for filter in &mut self.chain {
            next.clear();
            filter.filter(out, false, next)?;
            filter.flush(next)?;
            std::mem::swap(out, next);
        }
        Ok(&self.rooms[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps the last byte back and writes its name after each piece.
    #[derive(Debug)]
    struct Slow(u8, Vec<u8>);

    impl BodyFilter for Slow {
        fn filter(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), Broken> {
            self.1.extend_from_slice(input);
            let count = if last { self.1.len() } else { self.1.len().saturating_sub(1) };
            out.extend(self.1.drain(..count));
            if last {
                out.push(self.0);
            }
            Ok(())
        }

        fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
            out.append(&mut self.1);
            Ok(())
        }
    }

    #[test]
    fn content_goes_through_all_in_order() {
        let mut filters = Filters::default();
        assert_eq!(filters.filter(b"as it is", true), Ok(&b"as it is"[..]));
        filters.push(Box::new(Slow(b'2', Vec::new())));
        filters.push_first(Box::new(Slow(b'1', Vec::new())));
        assert_eq!(filters.filter(b"abcd", false), Ok(&b"ab"[..]));
        assert_eq!(filters.flush(), Ok(&b"cd"[..]));
        assert_eq!(filters.filter(b"ef", true), Ok(&b"ef12"[..]));
        filters.clear();
        assert!(filters.is_empty() && filters.flush() == Ok(b""));
    }
}
