//! `modern_browser` and `ancient_browser`: `ngx_http_browser_module.c`.

use crate::config::ScopeId;
use crate::exchange::request::Slice;
use crate::exchange::site::Builder;

/// What tells the browsers that nginx knows apart: their names in the configuration, the bytes that are passed over before
/// the mark is looked for, the bytes from the mark's start to the version, the mark.
const KNOWN: &[(&str, usize, usize, &str)] = &[
    // Opera calls itself by the others' names, too, and comes first.
    ("opera", 0, "Opera ".len(), "Opera"),
    ("msie", "Mozilla/4.0 (compatible; ".len(), "MSIE ".len(), "MSIE "),
    ("gecko", "Mozilla/5.0 (".len(), "rv:".len(), "rv:"),
    ("safari", "Mozilla/5.0 (".len(), "Safari/".len(), "Safari/"),
    ("konqueror", "Mozilla/5.0 (compatible; ".len(), "Konqueror/".len(), "Konqueror/"),
];

/// How browsers are judged.
#[derive(Debug, Default)]
pub struct Browsers {
    /// Places among those known, and from which version on they are modern.
    modern: Vec<(usize, u64)>,
    /// Who is not listed is modern.
    unlisted: bool,
    ancient: Vec<Vec<u8>>,
    netscape4: bool,
    values: [Option<Slice>; 2],
}

impl Browsers {
    /// What holds in a scope; nothing where no directive says anything.
    pub fn compile(builder: &mut Builder, scope: ScopeId) -> Option<Browsers> {
        let config = builder.config;
        let all = |name| config.effective_all(scope, name);
        let (modern, ancient) = (all("modern_browser"), all("ancient_browser"));
        let value = |builder: &mut Builder, name| {
            let set = config.effective(scope, name)?;
            Some(builder.text(set.words.last().map_or("", |word| &word.value)))
        };
        let values = [value(builder, "modern_browser_value"), value(builder, "ancient_browser_value")];
        if modern.is_empty() && ancient.is_empty() && values == [None; 2] {
            return None;
        }
        let mut browsers = Browsers { values, ..Browsers::default() };
        for set in modern {
            match KNOWN.iter().position(|(name, ..)| name.eq_ignore_ascii_case(set.arg(1))) {
                Some(known) => browsers.modern.push((known, version(set.arg(2).as_bytes(), None).0)),
                None => browsers.unlisted = true,
            }
        }
        browsers.modern.sort_by_key(|(known, _)| *known);
        for word in ancient.iter().flat_map(|set| &set.words[1..]) {
            match &*word.value {
                "netscape4" => browsers.netscape4 = true,
                text => browsers.ancient.push(crate::syntax::encode(text)),
            }
        }
        Some(browsers)
    }

    /// The value of a modern browser; none for nginx's own.
    pub fn modern_value(&self) -> Option<Slice> {
        self.values[0]
    }

    /// The value of an ancient browser; none for nginx's own.
    pub fn ancient_value(&self) -> Option<Slice> {
        self.values[1]
    }

    /// Whether a `User-Agent` header, or that there is none, tells a modern browser.
    pub fn is_modern(&self, agent: Option<&[u8]>) -> bool {
        let Some(agent) = agent else { return self.unlisted };
        for (known, least) in &self.modern {
            let (_, skip, add, mark) = KNOWN[*known];
            let Some(rest) = agent.get(skip..).filter(|rest| !rest.is_empty()) else { continue };
            let Some(at) = memchr::memmem::find(rest, mark.as_bytes()) else { continue };
            let Some(text) = rest.get(at + add..).filter(|text| !text.is_empty()) else { continue };
            let (version, exceeds) = version(text, Some(*least));
            return exceeds || version >= *least;
        }
        if !self.modern.is_empty() && !self.unlisted {
            return false;
        }
        let netscape4 = || {
            agent.len() > b"Mozilla/4.72 ".len() && agent.starts_with(b"Mozilla/") && (b'1'..b'5').contains(&agent[8])
        };
        if self.netscape4 && netscape4() {
            return false;
        }
        if self.ancient.iter().any(|text| memchr::memmem::find(agent, text).is_some()) {
            return false;
        }
        self.unlisted
    }
}

/// A version with two digits for each part after the first: 1.10 is 1100000. Whether it exceeds `limit` before its end.
fn version(text: &[u8], limit: Option<u64>) -> (u64, bool) {
    let (mut whole, mut part, mut scale) = (0_u64, 0_u64, 1_000_000_u64);
    for byte in text {
        match byte {
            b'0'..=b'9' => part = part.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
            b'.' => {
                whole = whole.wrapping_add(part.wrapping_mul(scale));
                if limit.is_some_and(|limit| whole > limit) {
                    return (whole, true);
                }
                part = 0;
                scale /= 100;
            }
            _ => break,
        }
    }
    (whole.wrapping_add(part.wrapping_mul(scale)), false)
}

/// `$msie`: Internet Explorer, by its `User-Agent`.
pub fn is_msie(agent: &[u8]) -> bool {
    let found = memchr::memmem::find(agent, b"MSIE ");
    found.is_some_and(|at| at + 7 < agent.len()) && memchr::memmem::find(agent, b"Opera").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(version(b"1.10", None).0, 1_100_000);
        assert_eq!(version(b"7.50 (X11", None).0, 7_500_000);
        assert!(version(b"9.0", Some(7_500_000)).1);
    }

    #[test]
    fn browsers() {
        let opera = KNOWN.iter().position(|known| known.0 == "opera").expect("known");
        let msie = KNOWN.iter().position(|known| known.0 == "msie").expect("known");
        let modern = vec![(opera, 9_000_000), (msie, 5_500_000)];
        let browsers = Browsers { modern, ancient: vec![b"Lynx".to_vec()], unlisted: true, ..Browsers::default() };
        let cases: &[(&str, bool)] = &[
            ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", true),
            ("Mozilla/4.0 (compatible; MSIE 5.0; Windows 95)", false),
            ("Mozilla/4.0 (compatible; MSIE 6.0; X11; FreeBSD i386) Opera 7.50  [en]", false),
            ("Opera/9.01 (X11; FreeBSD 6 i386; U; en)", true),
            ("Lynx/2.8.5", false),
            ("Links (0.99)", true),
        ];
        for (agent, want) in cases {
            assert_eq!(browsers.is_modern(Some(agent.as_bytes())), *want, "{agent}");
        }
        assert!(browsers.is_modern(None));
        assert!(is_msie(b"Mozilla/4.0 (compatible; MSIE 6.0)") && !is_msie(b"MSIE 6.0 Opera") && !is_msie(b"x MSIE 6"));
    }
}
