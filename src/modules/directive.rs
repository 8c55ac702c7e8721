//! One row of a module's table: a directive, where it may stand, what it takes, how it is read.
//!
//! The rows are written with [`d`], in a notation that reads as documentation and is checked while the crate is
//! compiled: contexts and arguments are words in a string, a misspelt word does not build.

use super::version::Version;
use crate::config::{Call, Cx, Verdict};

/// A set of contexts, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Contexts(u32);

/// The contexts by their names, in nginx's documentation's order. A name's index is its bit.
pub const CONTEXT_NAMES: &[&str] = &[
    "main",
    "events",
    "http",
    "server",
    "location",
    "upstream",
    "server-if",
    "location-if",
    "limit_except",
    "stream",
    "stream-server",
    "stream-upstream",
    "mail",
    "mail-server",
    "mgmt",
    "oidc_provider",
    "otel_exporter",
    "acme_issuer",
];

macro_rules! contexts {
    ($($name:ident = $text:literal),* $(,)?) => {
        impl Contexts {
            $(#[doc = concat!("`", $text, "`")] pub const $name: Contexts = Contexts::read($text);)*
        }
    };
}

contexts! {
    MAIN = "main", EVENTS = "events", HTTP = "http", SERVER = "server", LOCATION = "location", UPSTREAM = "upstream",
    SERVER_IF = "server-if", LOCATION_IF = "location-if", LIMIT_EXCEPT = "limit_except", STREAM = "stream",
    STREAM_SERVER = "stream-server", STREAM_UPSTREAM = "stream-upstream", MAIL = "mail", MAIL_SERVER = "mail-server",
    MGMT = "mgmt", OIDC_PROVIDER = "oidc_provider", OTEL_EXPORTER = "otel_exporter", ACME_ISSUER = "acme_issuer",
}

impl Contexts {
    /// Reads names separated by blanks. A name that does not exist stops the compilation of the table.
    #[must_use]
    pub const fn read(text: &str) -> Contexts {
        let bytes = text.as_bytes();
        let (mut bits, mut at) = (0, 0);
        while at < bytes.len() {
            let mut end = at;
            while end < bytes.len() && bytes[end] != b' ' {
                end += 1;
            }
            bits |= 1 << index_of(bytes, at, end);
            at = end + 1;
        }
        Contexts(bits)
    }

    /// Whether the two share a context.
    #[must_use]
    pub const fn meets(self, other: Contexts) -> bool {
        self.0 & other.0 != 0
    }

    /// The names, in order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        CONTEXT_NAMES.iter().enumerate().filter(move |(bit, _)| self.0 & (1 << bit) != 0).map(|(_, name)| *name)
    }
}

const fn index_of(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut index = 0;
    while index < CONTEXT_NAMES.len() {
        let name = CONTEXT_NAMES[index].as_bytes();
        let mut same = name.len() == end - start;
        let mut i = 0;
        while same && i < name.len() {
            same = name[i] == bytes[start + i];
            i += 1;
        }
        if same {
            return index;
        }
        index += 1;
    }
    panic!("no such context")
}

/// How many arguments a directive takes, and whether a block follows. nginx counts to seven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arguments {
    /// A block follows instead of `;`.
    pub block: bool,
    /// The count.
    pub count: Count,
}

/// The number of arguments allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Bit n set: n arguments are allowed.
    OneOf(u8),
    /// `on` or `off`.
    Flag,
    /// This many or more.
    AtLeast(usize),
    /// nginx does not look.
    Any,
}

impl Arguments {
    /// Reads a notation: `1`, `0 1 2`, `flag`, `1+`, `any`, each with `block` before it where a block follows.
    ///
    /// # Panics
    /// On anything else: at compile time, where the tables are read.
    #[must_use]
    pub const fn read(text: &str) -> Arguments {
        let bytes = text.as_bytes();
        let block = bytes.len() > 5 && bytes[0] == b'b' && bytes[4] == b'k';
        let mut at = if block { 6 } else { 0 };
        let count = match bytes[at] {
            b'f' => Count::Flag,
            b'a' => Count::Any,
            digit if at + 1 < bytes.len() && bytes[at + 1] == b'+' => Count::AtLeast((digit - b'0') as usize),
            _ => {
                let mut bits = 0;
                while at < bytes.len() {
                    assert!(bytes[at] >= b'0' && bytes[at] <= b'7', "arguments are 0 to 7");
                    bits |= 1 << (bytes[at] - b'0');
                    at += 2;
                }
                Count::OneOf(bits)
            }
        };
        Arguments { block, count }
    }

    /// Whether `n` arguments are allowed.
    #[must_use]
    pub const fn allows(self, n: usize) -> bool {
        match self.count {
            Count::OneOf(bits) => n <= 7 && bits & (1 << n) != 0,
            Count::Flag => n == 1,
            Count::AtLeast(least) => n >= least,
            Count::Any => true,
        }
    }
}

impl std::fmt::Display for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.count {
            Count::OneOf(1) => f.write_str("no arguments")?,
            Count::OneOf(0b10) => f.write_str("1 argument")?,
            Count::OneOf(bits) => {
                let counts: Vec<String> = (0..8).filter(|n| bits & (1 << n) != 0).map(|n| n.to_string()).collect();
                write!(f, "{} arguments", counts.join(" or "))?;
            }
            Count::Flag => f.write_str("on or off")?,
            Count::AtLeast(1) => f.write_str("1 or more arguments")?,
            Count::AtLeast(least) => write!(f, "{least} or more arguments")?,
            Count::Any => f.write_str("any number of arguments")?,
        }
        if self.block { f.write_str(" and a block") } else { Ok(()) }
    }
}

/// A setter: reads one call of a directive into the configuration, or says in nginx's words why not.
pub type Setter = fn(&mut Cx, &Call) -> Verdict;

/// A check of a value after a standard setter has stored it (bounds, deprecation).
pub type Post = fn(&mut Cx, &Call) -> Verdict;

/// How a directive is read. The standard readers are those of nginx's `ngx_conf_set_*_slot`; see `config::slots`.
#[derive(Clone, Copy)]
pub enum Set {
    /// `on` or `off`.
    Flag,
    /// A number, not negative.
    Number,
    /// A size in bytes, `k` or `m`.
    Size,
    /// A size that may be larger than memory, `g` too.
    Offset,
    /// A time, kept in milliseconds.
    Msec,
    /// A time, kept in seconds.
    Sec,
    /// One word.
    Str,
    /// One word a call, calls add up.
    StrArray,
    /// A name and a value, calls add up.
    Keyval,
    /// A number and a size.
    Bufs,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// Some of these words.
    Mask(&'static [&'static str]),
    /// A folder and up to three levels of subfolders.
    Path,
    /// `user:rw group:r all:r`.
    Access,
    /// Text with variables.
    Complex,
    /// Text with variables; an empty string or `0` counts as unset (`ngx_http_set_complex_value_zero_slot`).
    ComplexZero,
    /// Text with variables that gives a size.
    ComplexSize,
    /// Conditions: true when one is neither empty nor `0`; calls add up (`ngx_http_set_predicate_slot`).
    Predicate,
    /// A reader of the module's own.
    Custom(Setter),
    /// Taken without a look: the module is known by its table only.
    Unchecked,
}

/// How a directive differed in earlier versions: it had these contexts and arguments before `until`.
#[derive(Debug, Clone, Copy)]
pub struct Was {
    /// The first version to which this no longer applies.
    pub until: Version,
    /// Contexts then.
    pub contexts: Contexts,
    /// Arguments then.
    pub arguments: Arguments,
}

/// One directive of a module.
#[derive(Clone, Copy)]
pub struct Directive {
    /// Its name.
    pub name: &'static str,
    /// Where it may stand, in the newest version that has it.
    pub contexts: Contexts,
    /// What it takes, in the newest version that has it.
    pub arguments: Arguments,
    /// How it is read.
    pub set: Set,
    /// The first version that has it.
    pub since: Version,
    /// The last version that has it, if that is past.
    pub last: Option<Version>,
    /// The first release of NGINX Plus that has it, where open-source nginx has not.
    pub release: Option<u32>,
    /// Earlier forms, oldest first.
    pub was: &'static [Was],
    /// The default, written as in a configuration; empty if there is none.
    pub default: &'static str,
    /// One line of documentation.
    pub doc: &'static str,
    /// Bounds of a number: from, to; no upper bound below 0 (`ngx_conf_check_num_bounds`).
    pub bounds: Option<(i64, i64)>,
    /// The name to use instead (`ngx_conf_deprecated`).
    pub renamed: Option<&'static str>,
    /// Runs after a standard reader.
    pub post: Option<Post>,
}

/// A row: name, contexts, arguments, reader, first version, default, one line of documentation.
#[must_use]
pub const fn d(
    name: &'static str,
    contexts: &str,
    arguments: &str,
    set: Set,
    since: &str,
    default: &'static str,
    doc: &'static str,
) -> Directive {
    Directive {
        name,
        contexts: Contexts::read(contexts),
        arguments: Arguments::read(arguments),
        set,
        since: Version::read(since),
        last: None,
        release: None,
        was: &[],
        default,
        doc,
        bounds: None,
        renamed: None,
        post: None,
    }
}

/// An earlier form: until which version, contexts, arguments.
#[must_use]
pub const fn was(until: &str, contexts: &str, arguments: &str) -> Was {
    Was { until: Version::read(until), contexts: Contexts::read(contexts), arguments: Arguments::read(arguments) }
}

impl Directive {
    /// It is gone: this was the last version that had it.
    #[must_use]
    pub const fn last(mut self, version: &str) -> Self {
        self.last = Some(Version::read(version));
        self
    }

    /// NGINX Plus has it since this release.
    #[must_use]
    pub const fn release(mut self, release: u32) -> Self {
        self.release = Some(release);
        self
    }

    /// It had other contexts or arguments before.
    #[must_use]
    pub const fn was(mut self, forms: &'static [Was]) -> Self {
        self.was = forms;
        self
    }

    /// A number must lie between these; -1 as `to`: no upper bound.
    #[must_use]
    pub const fn between(mut self, from: i64, to: i64) -> Self {
        self.bounds = Some((from, to));
        self
    }

    /// nginx warns that another name should be used.
    #[must_use]
    pub const fn renamed(mut self, to: &'static str) -> Self {
        self.renamed = Some(to);
        self
    }

    /// A check that follows the standard reader.
    #[must_use]
    pub const fn post(mut self, post: Post) -> Self {
        self.post = Some(post);
        self
    }

    /// Whether this version of nginx has it.
    #[must_use]
    pub fn exists_in(&self, version: Version) -> bool {
        self.since <= version && self.last.is_none_or(|last| version <= last)
    }

    /// Contexts and arguments in this version.
    #[must_use]
    pub fn form_in(&self, version: Version) -> (Contexts, Arguments) {
        self.was
            .iter()
            .find(|was| version < was.until)
            .map_or((self.contexts, self.arguments), |was| (was.contexts, was.arguments))
    }
}

impl std::fmt::Debug for Directive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
