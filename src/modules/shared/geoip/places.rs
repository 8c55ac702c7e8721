//! The countries and regions that numbers and codes of MaxMind's legacy databases mean.
//!
//! Countries have the codes and names of ISO 3166-1, in the order of the format's numbers. Regions have the codes of ISO
//! 3166-2 in the USA and Canada, else those of FIPS 10-4 (a publication of the US government, as Eric Muller's list in the
//! public domain has it), whose names are written in ASCII here.
//!
//! Left out: codes that FIPS 10-4 no longer has. Some names are spelled otherwise than in MaxMind's library.

use std::sync::LazyLock;

/// A country.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// Two letters.
    pub code: &'static str,
    /// Three letters; two where it is none that ISO knows.
    pub code3: &'static str,
    /// The two letters of its continent.
    pub continent: &'static str,
    /// Its name; empty for no country.
    pub name: &'static str,
}

impl Country {
    /// Its name without letters that are not in ASCII.
    #[must_use]
    pub fn plain_name(&self) -> &'static str {
        // The only one.
        if self.name == "Curaçao" { "Curacao" } else { self.name }
    }
}

/// In the order of their numbers: two codes, the continent, the name.
static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let mut words = line.splitn(4, ' ');
        let [code, code3, continent, name] = [(); 4].map(|()| words.next().unwrap_or_default());
        Country { code, code3, continent, name }
    };
    include_str!("countries.txt").lines().map(line).collect()
});

/// In the order of their codes, which begin with the country's.
static REGIONS: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| include_str!("regions.txt").lines().filter_map(|line| line.split_once(' ')).collect());

/// A country by its number.
///
/// # Panics
/// Never: there are as many as numbers.
#[must_use]
pub fn country(number: u8) -> &'static Country {
    &COUNTRIES[usize::from(number)]
}

/// The name of a region. Of its code two characters count.
#[must_use]
pub fn region(country: &Country, code: &[u8]) -> Option<&'static str> {
    let code = code.get(..2)?;
    let key = [country.code.as_bytes(), code].concat();
    let at = REGIONS.binary_search_by(|(known, _)| known.as_bytes().cmp(&key)).ok()?;
    Some(REGIONS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_whole() {
        assert_eq!(COUNTRIES.len(), 256);
        assert!(COUNTRIES.iter().all(|country| country.code.len() == 2));
        assert!(COUNTRIES[0].name.is_empty() && COUNTRIES[1..].iter().all(|country| !country.name.is_empty()));
        let plain = |country: &&Country| !country.plain_name().is_ascii();
        assert_eq!(COUNTRIES.iter().find(plain), None);
        assert!(REGIONS.is_sorted_by(|a, b| a.0 < b.0) && REGIONS.iter().all(|(code, _)| code.len() == 4));
        let known = |code: &str| COUNTRIES.iter().any(|country| country.code == &code[..2]);
        assert!(REGIONS.iter().all(|(code, name)| known(code) && !name.is_empty()));
    }

    #[test]
    fn regions_have_names() {
        assert_eq!(region(country(185), b"48"), Some("Moscow City"));
        assert_eq!(region(country(225), b"CA"), Some("California"));
        assert_eq!(region(country(225), b"CAx"), Some("California"));
        for code in [&b"ca"[..], b"C", b"", b"\xff\xff"] {
            assert_eq!(region(country(225), code), None);
        }
    }
}
