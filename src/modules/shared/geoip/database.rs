//! MaxMind's legacy databases (`GeoIP.dat`): a binary tree of addresses, bit by bit, whose leaves are numbers of countries
//! or places of records. All that is known of a file stands at its end, after three bytes 255: its edition, and the number
//! of nodes of the tree.
//!
//! Left out: editions that no directive takes.

use std::borrow::Cow;

use super::places::{Country, country};

/// The edition of a file without a mark: countries.
const COUNTRY: u8 = 1;
const COUNTRY_V6: u8 = 12;
const CITY: [u8; 2] = [6, 2];
const CITY_V6: [u8; 2] = [31, 30];
/// The editions of cities that know area codes.
const CITY_WITH_AREAS: [u8; 2] = [2, 30];
const ORG: [u8; 4] = [4, 5, 9, 11];
const ORG_V6: [u8; 4] = [22, 23, 21, 24];
/// Editions whose tree has four bytes for a number.
const WIDE: [u8; 6] = [4, 5, 11, 22, 23, 24];
/// Editions that say nothing of their tree: what is above this number is a country.
const PLAIN: [u8; 4] = [COUNTRY, 8, 10, COUNTRY_V6];
const FIRST_COUNTRY: u32 = 0xff_ff00;
/// Editions that there are, and those of them that cannot be opened.
const EDITIONS: std::ops::RangeInclusive<u8> = 1..=38;
const CLOSED: [u8; 5] = [15, 16, 19, 20, 25];

/// What a database is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Countries.
    Country,
    /// Cities.
    City,
    /// Organizations, providers, domains, networks.
    Org,
}

impl Kind {
    /// Whether files of this edition are of the kind.
    #[must_use]
    pub fn has(self, edition: u8) -> bool {
        match self {
            Kind::Country => [COUNTRY, COUNTRY_V6].contains(&edition),
            Kind::City => CITY.contains(&edition) || CITY_V6.contains(&edition),
            Kind::Org => ORG.contains(&edition) || ORG_V6.contains(&edition),
        }
    }
}

/// A database.
#[derive(Debug, PartialEq, Eq)]
pub struct Database {
    bytes: Vec<u8>,
    /// What its file says that it is.
    pub edition: u8,
    /// Numbers from here on are leaves.
    leaves: u32,
    /// Bytes of a number.
    width: usize,
    /// Names are given in UTF-8 instead of ISO 8859-1, in which they are stored.
    utf8: bool,
}

/// What is known of a place.
#[derive(Debug, PartialEq)]
pub struct City<'d> {
    /// Its country.
    pub country: &'static Country,
    /// The code of its region.
    pub region: Option<&'d [u8]>,
    /// Its name.
    pub city: Option<Cow<'d, [u8]>>,
    /// Its postal code.
    pub postal_code: Option<&'d [u8]>,
    /// Degrees to the north and to the east.
    pub at: [f32; 2],
    /// `DMA` code and area code; 0 outside of the USA.
    pub dma: u32,
    /// The same.
    pub area: u32,
}

impl Database {
    /// Reads a file; `None` where it is none. Any file of some length is one of countries unless it says otherwise.
    #[must_use]
    pub fn read(bytes: Vec<u8>, utf8: bool) -> Option<Database> {
        /// Places where the mark is looked for.
        const PLACES: usize = 20;
        const MARK: &[u8] = &[255; 3];
        let mut found = None;
        for back in 0..PLACES {
            let at = bytes.len().checked_sub(MARK.len() + back)?;
            if bytes[at..].starts_with(MARK) {
                found = Some(at + MARK.len());
                break;
            }
        }
        let edition = match found.map(|at| bytes.get(at)) {
            None => COUNTRY,
            // Old files have 105 more.
            Some(edition) => {
                edition.map(|edition| if matches!(edition, 106..128) { edition - 105 } else { *edition })?
            }
        };
        if !EDITIONS.contains(&edition) || CLOSED.contains(&edition) {
            return None;
        }
        let leaves = match found {
            Some(at) if !PLAIN.contains(&edition) => number(bytes.get(at + 1..at + 4)?),
            _ => FIRST_COUNTRY,
        };
        let width = if WIDE.contains(&edition) { 4 } else { 3 };
        Some(Database { bytes, edition, leaves, width, utf8 })
    }

    /// Whether addresses are looked up as those of IPv6.
    #[must_use]
    pub fn is_v6(&self) -> bool {
        self.edition == COUNTRY_V6 || CITY_V6.contains(&self.edition) || ORG_V6.contains(&self.edition)
    }

    /// The leaf of an address: its number, of which the lowest `bits` count, the highest first.
    fn seek(&self, address: u128, bits: u32) -> Option<u32> {
        let pair = 2 * self.width;
        let mut node = 0;
        for bit in (0..bits).rev() {
            let side = (address >> bit & 1) as usize * self.width;
            let at = (node as usize).checked_mul(pair)?;
            let numbers = self.bytes.get(at..at + pair)?;
            node = number(&numbers[side..side + self.width]);
            if node >= self.leaves {
                return Some(node);
            }
        }
        None
    }

    /// The leaf of an address, which is one of IPv6 where the database [`is_v6`](Database::is_v6).
    fn leaf(&self, address: u128) -> Option<u32> {
        if self.is_v6() { self.seek(through_teredo(address), 128) } else { self.seek(address, 32) }
    }

    /// The country of an address.
    #[must_use]
    pub fn country(&self, address: u128) -> Option<&'static Country> {
        if address == 0 && !self.is_v6() {
            return None;
        }
        let number = self.leaf(address)?.checked_sub(FIRST_COUNTRY)?;
        u8::try_from(number).ok().filter(|number| *number > 0).map(country)
    }

    /// The record of an address.
    fn record(&self, address: u128) -> Option<&[u8]> {
        let leaf = self.leaf(address).unwrap_or_default();
        if leaf == self.leaves {
            return None;
        }
        let at = leaf as usize + (2 * self.width - 1) * self.leaves as usize;
        self.bytes.get(at..).filter(|record| !record.is_empty())
    }

    /// The organization of an address.
    #[must_use]
    pub fn org(&self, address: u128) -> Option<Cow<'_, [u8]>> {
        let mut record = self.record(address)?;
        Some(self.name(text(&mut record)))
    }

    /// The place of an address.
    #[must_use]
    pub fn city(&self, address: u128) -> Option<City<'_>> {
        let record = self.record(address)?;
        let country = country(record[0]);
        let mut rest = &record[1..];
        let [region, city, postal_code] = [(); 3].map(|()| Some(text(&mut rest)).filter(|text| !text.is_empty()));
        let [north, east] = [0, 3].map(|at| rest.get(at..at + 3).map_or(0, number));
        let knows_areas = CITY_WITH_AREAS.contains(&self.edition) && country.code == "US";
        let both = rest.get(6..9).filter(|_| knows_areas).map_or(0, number);
        Some(City {
            country,
            region,
            city: city.map(|city| self.name(city)),
            postal_code,
            at: [north, east].map(|at| (f64::from(at) / 10_000.0 - 180.0) as f32),
            dma: both / 1000,
            area: both % 1000,
        })
    }

    /// The name of a country; that of none has no name.
    #[must_use]
    pub fn name_of(&self, country: &'static Country) -> Option<&'static str> {
        Some(if self.utf8 { country.name } else { country.plain_name() }).filter(|name| !name.is_empty())
    }

    fn name<'d>(&self, stored: &'d [u8]) -> Cow<'d, [u8]> {
        if self.utf8 && !stored.is_ascii() {
            Cow::Owned(stored.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes())
        } else {
            Cow::Borrowed(stored)
        }
    }
}

/// The number in three or four bytes, the lowest first.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Takes a text off a record, with the zero at its end.
fn text<'d>(rest: &mut &'d [u8]) -> &'d [u8] {
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let (text, after) = rest.split_at(end);
    *rest = after.get(1..).unwrap_or_default();
    text
}

/// A Teredo address, `2001:0::/32`, stands for the IPv4 address that is in its last bytes, inverted.
fn through_teredo(address: u128) -> u128 {
    const TEREDO: u128 = 0x2001_0000;
    if address >> 96 == TEREDO { u128::from(!(address as u32)) } else { address }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::shared::geoip::region;

    /// What MaxMind's library answered: after each database, as its edition, whether names are in UTF-8, and its bytes,
    /// addresses and answers. A text is `=` and its bytes, `-` is none.
    const ANSWERS: &str = include_str!("../../../../testdata/geoip/answers.txt");

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
        digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
    }

    fn shown(text: Option<&[u8]>) -> String {
        text.map_or("-".to_owned(), |text| text.iter().fold("=".to_owned(), |shown, byte| format!("{shown}{byte:02x}")))
    }

    fn answer(database: &Database, address: u128) -> String {
        if Kind::Org.has(database.edition) {
            return shown(database.org(address).as_deref());
        }
        if Kind::Country.has(database.edition) {
            let country = database.country(address);
            let texts =
                [country.map(|it| it.code), country.map(|it| it.code3), country.and_then(|it| database.name_of(it))];
            return texts.map(|text| shown(text.map(str::as_bytes))).join(" ");
        }
        let Some(city) = database.city(address) else { return "-".to_owned() };
        let Country { code, code3, continent, .. } = city.country;
        let texts = [
            Some(code.as_bytes()),
            Some(code3.as_bytes()),
            database.name_of(city.country).map(str::as_bytes),
            Some(continent.as_bytes()),
            city.region,
            city.region.and_then(|code| region(city.country, code)).map(str::as_bytes),
            city.city.as_deref(),
            city.postal_code,
        ];
        let [north, east] = city.at;
        format!("{} {north:.4} {east:.4} {} {}", texts.map(shown).join(" "), city.dma, city.area)
    }

    #[test]
    fn answers_are_those_of_the_library() {
        let mut database = None;
        for line in ANSWERS.lines() {
            if let Some(about) = line.strip_prefix("database ") {
                let words: Vec<&str> = about.split(' ').collect();
                let read = Database::read(bytes(words[2]), words[1] == "1").expect("it is one");
                assert_eq!(read.edition.to_string(), words[0]);
                database = Some(read);
                continue;
            }
            let (address, want) = line.split_once(' ').expect("an address and an answer");
            let address = u128::from_str_radix(address, 16).expect("an address");
            let database = database.as_ref().expect("a database before it");
            assert_eq!(answer(database, address), want, "{address:x} in {}", database.edition);
        }
    }

    #[test]
    fn what_is_a_database() {
        let edition = |bytes: &[u8]| Database::read(bytes.to_vec(), false).map(|read| read.edition);
        let marked = |edition: u8| [&[255; 3][..], &[edition, 1, 0, 0]].concat();
        let cases: [(Vec<u8>, Option<u8>); 12] = [
            (Vec::new(), None),
            (b"abc".to_vec(), None),
            (vec![255; 3], None),
            (vec![b'x'; 100], Some(1)),
            (vec![255, 255, 255, 1], Some(1)),
            (vec![255, 255, 255, 2, 1, 0], None),
            (marked(2), Some(2)),
            (marked(107), Some(2)),
            (marked(30), Some(30)),
            (marked(135), None),
            (marked(39), None),
            (marked(15), None),
        ];
        for (bytes, want) in cases {
            assert_eq!(edition(&bytes), want, "{bytes:?}");
        }
        let far = |count| [vec![b'y'; 40], marked(2), vec![b'z'; count]].concat();
        assert_eq!([edition(&far(15)), edition(&far(16))], [Some(2), Some(1)]);
    }
}
