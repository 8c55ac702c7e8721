//! nginx's version numbers.

/// A version of open-source nginx, ordered: `1.31.3` is 1_031_003 as in nginx's own `nginx_version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u32);

impl Version {
    /// The newest mainline these tables describe.
    pub const NEWEST: Version = Version::read("1.31.3");

    /// Reads `1.31.3` of a table. For text from outside see [`Version::parse`].
    ///
    /// # Panics
    /// On anything else: at compile time, where the tables are read.
    #[must_use]
    pub const fn read(text: &str) -> Version {
        match Version::parse(text) {
            Some(version) => version,
            None => panic!("a version has three numbers"),
        }
    }

    /// Reads `1.31.3`, or `1.31` as its last release (`1.31.999`).
    #[must_use]
    pub const fn parse(text: &str) -> Option<Version> {
        let bytes = text.as_bytes();
        let mut parts = [0u32; 3];
        let (mut part, mut at, mut digits) = (0, 0, 0);
        while at < bytes.len() {
            match bytes[at] {
                b'.' if part < 2 && digits > 0 => (part, digits) = (part + 1, 0),
                digit @ b'0'..=b'9' if digits < 3 => {
                    parts[part] = parts[part] * 10 + (digit - b'0') as u32;
                    digits += 1;
                }
                _ => return None,
            }
            at += 1;
        }
        if digits == 0 || part == 0 {
            return None;
        }
        if part == 1 {
            parts[2] = 999;
        }
        Some(Version(parts[0] * 1_000_000 + parts[1] * 1000 + parts[2]))
    }

    /// The number as nginx writes it in its headers, `1031003`.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0 / 1_000_000, self.0 / 1000 % 1000, self.0 % 1000)
    }
}
