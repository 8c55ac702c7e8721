//! Headers in the order in which they came or are to go: names as written, compared without regard to case. All texts
//! stand in one buffer that is used again.

use super::request::Slice;

/// A list of headers.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    bytes: Vec<u8>,
    fields: Vec<(Slice, Slice)>,
}

impl Headers {
    /// Forgets all.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.fields.clear();
    }

    /// Adds one.
    #[inline]
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let name = self.keep(name);
        let value = self.keep(value);
        self.fields.push((name, value));
    }

    /// Adds one whose value is written in parts.
    pub fn push_with(&mut self, name: &[u8], write: impl FnOnce(&mut Vec<u8>)) {
        let name = self.keep(name);
        let start = self.bytes.len();
        write(&mut self.bytes);
        self.fields.push((name, Slice::new(start, self.bytes.len() - start)));
    }

    fn keep(&mut self, bytes: &[u8]) -> Slice {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        Slice::new(start, bytes.len())
    }

    /// Names and values.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], &[u8])> {
        self.fields.iter().map(|(name, value)| (name.of(&self.bytes), value.of(&self.bytes)))
    }

    /// The values of one name.
    #[must_use]
    pub fn values<'h>(&'h self, name: &'h [u8]) -> impl DoubleEndedIterator<Item = &'h [u8]> {
        self.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The first value of a name.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The values of the header that a variable names: `_` stands for `-`.
    pub fn values_of_variable<'h>(&'h self, name: &'h [u8]) -> impl Iterator<Item = &'h [u8]> {
        self.iter().filter(move |(known, _)| is_named(known, name)).map(|(_, value)| value)
    }

    /// Drops those of this name.
    pub fn remove(&mut self, name: &[u8]) {
        let bytes = &self.bytes;
        self.fields.retain(|(known, _)| !known.of(bytes).eq_ignore_ascii_case(name));
    }

    /// Puts one in the place of those of its name; where there was none it comes last.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let kept = self.keep(value);
        let bytes = &self.bytes;
        let same = |known: &Slice| known.of(bytes).eq_ignore_ascii_case(name);
        let Some(first) = self.fields.iter().position(|(known, _)| same(known)) else {
            let name = self.keep(name);
            self.fields.push((name, kept));
            return;
        };
        self.fields[first].1 = kept;
        let mut at = 0;
        self.fields.retain(|(known, _)| {
            at += 1;
            at - 1 <= first || !same(known)
        });
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// Whether a variable's name (`content_type`, in lower case) means this header (`Content-Type`).
pub fn is_named(header: &[u8], variable: &[u8]) -> bool {
    let same = |(header, name): (&u8, &u8)| {
        let header = header.to_ascii_lowercase();
        header == *name || (header == b'-' && *name == b'_')
    };
    header.len() == variable.len() && header.iter().zip(variable).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_case_and_keep_theirs() {
        let mut headers = Headers::default();
        headers.push(b"X-A", b"1");
        headers.push(b"Content-Type", b"text/html");
        headers.push(b"x-a", b"2");
        assert_eq!(headers.values(b"x-A").collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!(headers.values_of_variable(b"content_type").next(), Some(&b"text/html"[..]));
        headers.set(b"X-a", b"3");
        let all: Vec<_> = headers.iter().collect();
        assert_eq!(all, [(&b"X-A"[..], &b"3"[..]), (b"Content-Type", b"text/html")]);
        headers.remove(b"CONTENT-TYPE");
        headers.set(b"New", b"n");
        assert_eq!(headers.iter().map(|(name, _)| name).collect::<Vec<_>>(), [&b"X-A"[..], b"New"]);
    }
}
