//! The headers of a request that routing itself needs.

use super::Slice;

/// Headers that routing itself needs, and whether one came twice that may come only once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    pub host: Option<Slice>,
    pub length: Option<Slice>,
    pub encoding: Option<Slice>,
    pub repeated: bool,
    /// Those that came, as bits.
    pub seen: u16,
}

/// The bits of `If-Match`, `If-Modified-Since`, `If-None-Match` and `If-Unmodified-Since` among those seen.
pub const CONDITIONS: u16 = 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10;

/// The bit of `Host` among those seen.
const HOST: u8 = 0;

impl Known {
    /// Notes a header.
    pub fn note(&mut self, name: &[u8], value: Slice) {
        const LONGEST: usize = b"proxy-authorization".len();
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..name.len()) else { return };
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        let bit = match &*lower {
            b"host" => return self.note_host(value),
            b"content-length" => 1,
            b"transfer-encoding" => 2,
            b"authorization" => 3,
            b"content-range" => 4,
            b"expect" => 5,
            b"if-match" => 6,
            b"if-modified-since" => 7,
            b"if-none-match" => 8,
            b"if-range" => 9,
            b"if-unmodified-since" => 10,
            b"proxy-authorization" => 11,
            _ => return,
        };
        self.see(bit);
        match bit {
            1 => self.length = Some(value),
            2 => self.encoding = Some(value),
            _ => {}
        }
    }

    #[inline]
    fn see(&mut self, bit: u8) {
        self.repeated |= self.seen & 1 << bit != 0;
        self.seen |= 1 << bit;
    }

    /// Notes the `Host` header.
    #[inline]
    pub fn note_host(&mut self, value: Slice) {
        self.see(HOST);
        self.host = self.host.or(Some(value));
    }
}
