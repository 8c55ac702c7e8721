//! The request target: nginx's `ngx_http_parse_request_line`, as far as it reads the target, `ngx_http_parse_complex_uri`
//! and `ngx_http_process_request_uri`.

use super::Slice;

/// What a target holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Target {
    /// The path, decoded, without `.`, `..` and double slashes.
    pub uri: Slice,
    /// What follows `?`.
    pub args: Slice,
    /// Path and arguments as they were sent.
    pub unparsed: Slice,
    /// The host of a whole URL, with its port.
    pub host: Option<Slice>,
    /// The path had a `%XX` or a `+`.
    pub escaped: bool,
    /// A whole URL ended with its host.
    pub has_no_path: bool,
}

/// What the path needs, found by a first look.
struct Look {
    /// The first `?`, if all before it is plain.
    question: Option<usize>,
    /// The path must be read character by character.
    complex: bool,
    quoted: bool,
    plus: bool,
}

impl Target {
    /// Reads the target that stands in `bytes`, where a decoded path is added; nothing if nginx refuses it.
    pub fn read(bytes: &mut Vec<u8>, target: Slice, merge_slashes: bool) -> Option<Target> {
        let text = target.of(bytes);
        let (mut at, mut host) = (0, None);
        if text.first() != Some(&b'/') {
            let (from, end) = host_of_url(text)?;
            host = Some(target.part(from, end - from));
            at = end;
        }
        let rest = target.part(at, text.len());
        let empty_path = rest.of(bytes).first() != Some(&b'/');
        if rest.is_empty() {
            // nginx takes a "/" out of the "//" after the scheme.
            let slash = memchr::memchr(b'/', text)?;
            let uri = target.part(slash, 1);
            return Some(Target { uri, unparsed: uri, host, has_no_path: true, ..Target::default() });
        }
        let look = look(rest.of(bytes))?;
        let length = rest.len as usize;
        let escaped = look.quoted || look.plus;
        let mut found = Target { unparsed: rest, host, escaped, has_no_path: empty_path, ..Target::default() };
        if !look.complex && !look.quoted && !empty_path {
            found.uri = rest.part(0, look.question.unwrap_or(length));
            found.args = look.question.map(|question| rest.part(question + 1, length)).unwrap_or_default();
            return Some(found);
        }
        let mut decoder = Decoder { start: bytes.len(), merge_slashes, plus: look.plus };
        let (end, question) = decoder.run(bytes, rest, empty_path)?;
        found.uri = Slice::new(decoder.start, end - decoder.start);
        bytes.truncate(end);
        found.escaped = look.quoted || decoder.plus;
        if let Some(question) = question {
            let args = rest.part(question + 1, length);
            let hash = memchr::memchr(b'#', args.of(bytes));
            found.args = args.part(0, hash.unwrap_or(length));
        }
        Some(found)
    }
}

/// Where the host of `scheme://host:port` begins, and where the URL goes on after it.
fn host_of_url(text: &[u8]) -> Option<(usize, usize)> {
    let colon = memchr::memchr(b':', text)?;
    let scheme = &text[..colon];
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    if !scheme.first()?.is_ascii_alphabetic() || !scheme.iter().all(known) {
        return None;
    }
    text.get(colon..)?.strip_prefix(b"://")?;
    let from = colon + 3;
    let rest = &text[from..];
    let mut end = if rest.first() == Some(&b'[') {
        let close = memchr::memchr(b']', rest)?;
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b":-._~!$&'()*+,;=".contains(byte);
        rest[1..close].iter().all(inside).then_some(close + 1)?
    } else {
        let host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
        rest.iter().position(|byte| !host(byte)).unwrap_or(rest.len())
    };
    if rest.get(end) == Some(&b':') {
        end += 1;
        end += rest[end..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    matches!(rest.get(end), None | Some(b'/' | b'?')).then_some((from, from + end))
}

/// What a byte of a target is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    /// It may begin or end something: `/`, `.`, `%`, `?`, `#`, `+`.
    Special,
    /// Nothing that a target may have.
    Forbidden,
}

/// The class of each byte.
static CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let mut byte = 0;
    while byte <= b' ' as usize {
        classes[byte] = Class::Forbidden;
        byte += 1;
    }
    classes[0x7f] = Class::Forbidden;
    let special = b"/.%?#+";
    let mut at = 0;
    while at < special.len() {
        classes[special[at] as usize] = Class::Special;
        at += 1;
    }
    classes
};

/// Where the path of a target ends that needs no work, the usual case; nothing if it has to be looked at closer.
pub fn plain(target: &[u8]) -> Option<usize> {
    let mut slash = false;
    for (at, byte) in target.iter().enumerate() {
        slash = match (CLASSES[usize::from(*byte)], byte) {
            (Class::Plain, _) => false,
            (Class::Special, b'/') if !slash => true,
            (Class::Special, b'.') if !slash => false,
            (Class::Special, b'?') => {
                let plain = |byte: &u8| CLASSES[usize::from(*byte)] != Class::Forbidden && *byte != b'#';
                return target[at..].iter().all(plain).then_some(at);
            }
            _ => return None,
        };
    }
    Some(target.len())
}

/// Looks through the path for what needs work, and through all for what is not allowed.
fn look(text: &[u8]) -> Option<Look> {
    let mut look = Look { question: None, complex: false, quoted: false, plus: false };
    // Whether the byte before was a slash.
    let mut slash = false;
    let mut end = text.len();
    for (at, byte) in text.iter().enumerate() {
        match CLASSES[usize::from(*byte)] {
            Class::Plain => {
                slash = false;
                continue;
            }
            Class::Forbidden => return None,
            Class::Special => {}
        }
        match byte {
            b'/' if !slash => {
                slash = true;
                continue;
            }
            b'/' | b'#' => look.complex = true,
            b'.' => look.complex = slash,
            b'%' => look.quoted = true,
            b'?' => look.question = Some(at),
            _ => look.plus = true,
        }
        if look.complex || look.quoted || look.question.is_some() {
            end = at + 1;
            break;
        }
    }
    let rest = &text[end..];
    if rest.iter().any(|byte| CLASSES[usize::from(*byte)] == Class::Forbidden) {
        return None;
    }
    look.complex |= memchr::memchr(b'#', rest).is_some();
    Some(look)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Usual,
    Slash,
    Dot,
    DotDot,
}

struct Decoder {
    start: usize,
    merge_slashes: bool,
    plus: bool,
}

impl Decoder {
    /// Appends the decoded path to `bytes`; gives its end there, and where in `source` the `?` is.
    fn run(&mut self, bytes: &mut Vec<u8>, source: Slice, empty_path: bool) -> Option<(usize, Option<usize>)> {
        bytes.reserve(source.len as usize + 1);
        let (from, length) = (source.start as usize, source.len as usize);
        let mut state = State::Usual;
        let mut at = 0;
        if empty_path {
            bytes.push(b'/');
        }
        while at < length {
            let mut byte = bytes[from + at];
            at += 1;
            if byte == b'%' {
                let digit = |n: usize| bytes.get(from + n).filter(|_| n < length).and_then(|digit| hex(*digit));
                byte = digit(at)? << 4 | digit(at + 1)?;
                at += 2;
                match byte {
                    0 => return None,
                    // These never have a meaning once they were quoted.
                    b'%' | b'#' | b'?' => {
                        state = State::Usual;
                        bytes.push(byte);
                        continue;
                    }
                    _ => {}
                }
            }
            match byte {
                b'?' | b'#' => {
                    let end = self.end(bytes, state)?;
                    return Some((end, (byte == b'?').then_some(at - 1)));
                }
                _ => state = self.step(bytes, state, byte)?,
            }
        }
        Some((self.end(bytes, state)?, None))
    }

    fn step(&mut self, bytes: &mut Vec<u8>, state: State, byte: u8) -> Option<State> {
        self.plus |= byte == b'+';
        match (state, byte) {
            (State::Slash, b'/') => {
                if !self.merge_slashes {
                    bytes.push(byte);
                }
                return Some(State::Slash);
            }
            (State::Dot, b'/') => {
                bytes.pop();
                return Some(State::Slash);
            }
            (State::DotDot, b'/') => {
                let end = self.parent(bytes)?;
                bytes.truncate(end);
                return Some(State::Slash);
            }
            _ => bytes.push(byte),
        }
        Some(match (state, byte) {
            (State::Usual, b'/') => State::Slash,
            (State::Slash, b'.') => State::Dot,
            (State::Dot, b'.') => State::DotDot,
            _ => State::Usual,
        })
    }

    /// Where the path ends when it ends in this state.
    fn end(&self, bytes: &[u8], state: State) -> Option<usize> {
        match state {
            State::Dot => Some(bytes.len() - 1),
            State::DotDot => self.parent(bytes),
            State::Usual | State::Slash => Some(bytes.len()),
        }
    }

    /// The end of the folder above the one that `/..` stands in; nothing above the root.
    fn parent(&self, bytes: &[u8]) -> Option<usize> {
        let below = bytes.get(self.start..bytes.len().checked_sub(3)?)?;
        memchr::memrchr(b'/', below).map(|slash| self.start + slash + 1)
    }
}

fn hex(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `URI|ARGS|REQUEST_URI|HOST`
    fn read(target: &str, merge_slashes: bool) -> String {
        let mut bytes = target.as_bytes().to_vec();
        let whole = Slice::new(0, bytes.len());
        let Some(target) = Target::read(&mut bytes, whole, merge_slashes) else { return "refused".to_owned() };
        let text = |slice: Slice| slice.of(&bytes).escape_ascii().to_string();
        let host = target.host.map(text).unwrap_or_default();
        format!("{}|{}|{}|{host}", text(target.uri), text(target.args), text(target.unparsed))
    }

    #[test]
    fn targets() {
        let cases = [
            ("/a/b", "/a/b||/a/b|"),
            ("/a?b=c", "/a|b=c|/a?b=c|"),
            ("/a?b?c", "/a|b?c|/a?b?c|"),
            ("/?", "/||/?|"),
            ("//a///b", "/a/b||//a///b|"),
            ("/a/../b", "/b||/a/../b|"),
            ("/a/./b/.", "/a/b/||/a/./b/.|"),
            ("/a/..", "/||/a/..|"),
            ("/a/..?x", "/|x|/a/..?x|"),
            ("/..", "refused"),
            ("/../a", "refused"),
            ("/a/%2e%2E/b", "/b||/a/%2e%2E/b|"),
            ("/a%2Fb", "/a/b||/a%2Fb|"),
            ("/a/%2Fb", "/a/b||/a/%2Fb|"),
            ("/%41%3F%23%25", "/A?#%||/%41%3F%23%25|"),
            ("/a%00", "refused"),
            ("/a%0", "refused"),
            ("/a%", "refused"),
            ("/a%zz", "refused"),
            ("/a?%zz", "/a|%zz|/a?%zz|"),
            ("/a#b?c", "/a||/a#b?c|"),
            ("/a?b#c", "/a|b|/a?b#c|"),
            ("/a/...", "/a/...||/a/...|"),
            ("/.a", "/.a||/.a|"),
            ("/a./b", "/a./b||/a./b|"),
            ("http://Host:80/a?b", "/a|b|/a?b|Host:80"),
            ("http://host", "/||/|host"),
            ("http://host?a=b", "/|a=b|?a=b|host"),
            ("http://[::1]:8/", "/||/|[::1]:8"),
            ("http:/host", "refused"),
            ("http://a_b/", "refused"),
            ("*", "refused"),
            ("", "refused"),
            ("/a b", "refused"),
            ("/\u{7f}", "refused"),
            ("/é", "/\\xc3\\xa9||/\\xc3\\xa9|"),
            ("/a\\b", "/a\\\\b||/a\\\\b|"),
        ];
        for (target, want) in cases {
            assert_eq!(read(target, true), want, "{target}");
        }
        assert_eq!(read("//a//b/", false), "//a//b/||//a//b/|");
        assert_eq!(read("/a//../b", false), "/a/b||/a//../b|");
    }
}
