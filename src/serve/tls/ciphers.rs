//! OpenSSL's lists of ciphers (`HIGH:!aNULL:!MD5`), read for what of them rustls has: the six suites of TLS 1.2 with
//! forward secrecy and authenticated encryption. What a word stands for among the others does not matter here.

use super::names;

/// A suite of TLS 1.2 that rustls has: its number, OpenSSL's name, and the words that it belongs to.
struct Suite {
    number: u16,
    name: &'static str,
    words: &'static [&'static str],
}

/// In OpenSSL's own order.
const SUITES: &[Suite] = &[
    Suite {
        number: 0xC02C,
        name: "ECDHE-ECDSA-AES256-GCM-SHA384",
        words: &["aECDSA", "ECDSA", "AES256", "AESGCM", "AES", "FIPS"],
    },
    Suite { number: 0xC030, name: "ECDHE-RSA-AES256-GCM-SHA384", words: &["aRSA", "AES256", "AESGCM", "AES", "FIPS"] },
    Suite { number: 0xCCA9, name: "ECDHE-ECDSA-CHACHA20-POLY1305", words: &["aECDSA", "ECDSA", "CHACHA20"] },
    Suite { number: 0xCCA8, name: "ECDHE-RSA-CHACHA20-POLY1305", words: &["aRSA", "CHACHA20"] },
    Suite {
        number: 0xC02B,
        name: "ECDHE-ECDSA-AES128-GCM-SHA256",
        words: &["aECDSA", "ECDSA", "AES128", "AESGCM", "AES", "FIPS"],
    },
    Suite { number: 0xC02F, name: "ECDHE-RSA-AES128-GCM-SHA256", words: &["aRSA", "AES128", "AESGCM", "AES", "FIPS"] },
];

/// Words that all six belong to.
const ALL: &[&str] = &["ALL", "DEFAULT", "HIGH", "TLSv1.2", "ECDHE", "EECDH", "kECDHE", "kEECDH", "ECDH"];

/// Rules for a whole list.
const SUITE_B: &[(&str, &[u16])] = &[
    ("SUITEB128", &[0xC02B, 0xC02C]),
    ("SUITEB128ONLY", &[0xC02B]),
    ("SUITEB128C2", &[0xC02B, 0xC02C]),
    ("SUITEB192", &[0xC02C]),
];

/// What is left of a list.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ciphers {
    /// The numbers of suites, in the list's order.
    pub suites: Vec<u16>,
    /// Suites that are asked for by their names, and that rustls does not have.
    pub missing: Vec<String>,
    /// `@SECLEVEL=0`, which lets OpenSSL 3 speak TLS 1.0 and 1.1.
    pub old: bool,
}

/// Reads a list.
#[must_use]
pub fn read(list: &str) -> Ciphers {
    let mut found = Ciphers::default();
    if let Some((_, suites)) = SUITE_B.iter().find(|(name, _)| *name == list) {
        found.suites = suites.to_vec();
        return found;
    }
    let mut killed = Vec::new();
    for element in list.split([':', ' ', ';', ',']).filter(|element| !element.is_empty()) {
        if let Some(command) = element.strip_prefix('@') {
            found.old |= command == "SECLEVEL=0";
            if command == "STRENGTH" {
                found.suites.sort_by_key(|number| strength(*number));
            }
            continue;
        }
        let (sign, words) = match element.as_bytes()[0] {
            sign @ (b'!' | b'-' | b'+') => (sign, &element[1..]),
            _ => (0, element),
        };
        let meant: Vec<u16> = SUITES.iter().filter(|suite| belongs(suite, words)).map(|suite| suite.number).collect();
        if sign == 0 && meant.is_empty() && names::is_suite(words) && !words.starts_with("TLS_") {
            found.missing.push(words.to_owned());
        }
        change(&mut found.suites, &mut killed, sign, &meant);
    }
    found
}

fn change(suites: &mut Vec<u16>, killed: &mut Vec<u16>, sign: u8, meant: &[u16]) {
    let listed: Vec<u16> = suites.iter().copied().filter(|suite| meant.contains(suite)).collect();
    match sign {
        0 => {
            let new = |number: &&u16| !killed.contains(number) && !listed.contains(number);
            suites.extend(meant.iter().filter(new));
        }
        b'+' => {
            suites.retain(|number| !meant.contains(number));
            suites.extend(listed);
        }
        _ => {
            suites.retain(|number| !meant.contains(number));
            if sign == b'!' {
                killed.extend_from_slice(meant);
            }
        }
    }
}

/// Every word of a sum such as `EECDH+AESGCM` holds.
fn belongs(suite: &Suite, words: &str) -> bool {
    words.split('+').all(|word| suite.name == word || ALL.contains(&word) || suite.words.contains(&word))
}

/// Those with 256 bits first.
fn strength(number: u16) -> u8 {
    u8::from(matches!(number, 0xC02B | 0xC02F))
}

#[cfg(test)]
mod tests {
    use super::read;

    fn check(list: &str, suites: &[u16]) {
        assert_eq!(read(list).suites, suites, "{list}");
    }

    #[test]
    fn lists() {
        let all = [0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC02B, 0xC02F];
        check("HIGH:!aNULL:!MD5", &all);
        check("DEFAULT", &all);
        check("ECDHE-RSA-AES128-GCM-SHA256", &[0xC02F]);
        check("EECDH+AESGCM:EDH+AESGCM", &[0xC02C, 0xC030, 0xC02B, 0xC02F]);
        check("ALL:!aECDSA:+AES256", &[0xCCA8, 0xC02F, 0xC030]);
        check("aRSA:-AESGCM:AES128", &[0xCCA8, 0xC02B, 0xC02F]);
        check("!CHACHA20:ALL:CHACHA20:!ECDSA", &[0xC030, 0xC02F]);
        check("AES128:AES256:@STRENGTH", &[0xC02C, 0xC030, 0xC02B, 0xC02F]);
        check("SUITEB128", &[0xC02B, 0xC02C]);
        check("kRSA:RSA:DHE:PSK", &[]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let read = read("AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:!DES-CBC3-SHA:nonsense");
        assert_eq!(read.missing, ["AES128-SHA"]);
    }
}
