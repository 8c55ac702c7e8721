//! Finds SSI commands, `<!--#name param="value" -->`, in content that comes in pieces: `ngx_http_ssi_parse`.

use memchr::memchr;

/// What a command begins with.
const OPENING: &[u8] = b"<!--#";
/// Bytes of a command's name, and of a parameter's, at most.
const MOST_NAME: usize = 32;
const MOST_KEY: usize = 32;

/// A command as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub name: Vec<u8>,
    /// Names and values of its parameters; backslashes stand in them as written.
    pub params: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'i> {
    /// Content.
    Text(&'i [u8]),
    /// A whole command.
    Command(Command),
    /// Something is wrong with a command, in nginx's words; its end is still to come.
    Wrong(Vec<u8>),
    /// The end of a command with which something is wrong.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Text,
    /// So many bytes of the opening were seen.
    Opening(usize),
    BeforeName,
    Name,
    BeforeParam,
    Param,
    BeforeEqual,
    BeforeValue,
    /// Within a value, by its quote; after a backslash in one.
    Value(u8),
    Escaped(u8),
    AfterValue,
    /// `-` and `--` after a command.
    End(u8),
    /// Until `-->`, of which so much was seen.
    Lost(u8),
}

/// Where the search is.
#[derive(Debug)]
pub struct Parser {
    state: State,
    command: Command,
    most_value: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\r' | b'\n' | b'\t')
}

impl Parser {
    /// Values have so many bytes at most.
    pub fn new(most_value: usize) -> Parser {
        Parser { state: State::Text, command: Command::default(), most_value }
    }

    /// Takes what comes first off `input`; nothing once it is used up. The beginning of what may become a command is kept
    /// back, and lost at the end of the content, as in nginx.
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Option<Found<'i>> {
        while let Some(byte) = input.first().copied() {
            match self.state {
                State::Text => {
                    let end = memchr(b'<', input).unwrap_or(input.len());
                    if end > 0 {
                        let (text, rest) = input.split_at(end);
                        *input = rest;
                        return Some(Found::Text(text));
                    }
                    self.state = State::Opening(1);
                }
                State::Opening(seen) if byte != OPENING[seen] => {
                    self.state = State::Text;
                    return Some(Found::Text(&OPENING[..seen]));
                }
                State::Opening(seen) if seen + 1 < OPENING.len() => self.state = State::Opening(seen + 1),
                State::Opening(_) => self.state = State::BeforeName,
                _ => {
                    *input = &input[1..];
                    if let Some(found) = self.step(byte) {
                        return Some(found);
                    }
                    continue;
                }
            }
            *input = &input[1..];
        }
        None
    }

    /// One byte of a command.
    fn step(&mut self, byte: u8) -> Option<Found<'static>> {
        match self.state {
            State::BeforeName if is_space(byte) => {}
            State::BeforeName => {
                self.command = Command { name: vec![byte], params: Vec::new() };
                self.state = State::Name;
            }
            State::Name if is_space(byte) => self.state = State::BeforeParam,
            State::Name | State::BeforeParam | State::AfterValue if byte == b'-' => self.state = State::End(1),
            State::Name if self.command.name.len() == MOST_NAME => {
                return self
                    .lose(0, [b"the \"", &self.command.name[..], &[byte], b"...\" SSI command is too long"].concat());
            }
            State::Name => self.command.name.push(byte),
            State::BeforeParam if is_space(byte) => {}
            State::BeforeParam => {
                self.command.params.push((vec![byte], Vec::new()));
                self.state = State::Param;
            }
            State::Param | State::BeforeEqual | State::BeforeValue => return self.before_value(byte),
            State::Value(quote) if byte == quote => self.state = State::AfterValue,
            State::Value(quote) => {
                self.state = if byte == b'\\' { State::Escaped(quote) } else { State::Value(quote) };
                return self.push(byte);
            }
            State::Escaped(quote) => {
                self.state = State::Value(quote);
                return self.push(byte);
            }
            State::AfterValue if is_space(byte) => self.state = State::BeforeParam,
            State::AfterValue => {
                let (key, value) = self.param();
                let of = [b"unexpected \"", &[byte][..], b"\" symbol after \"", value, b"\" value of \"", key].concat();
                return self.lose(0, [&of[..], b"\" parameter in \"", &self.command.name, b"\" SSI command"].concat());
            }
            State::End(1) if byte == b'-' => self.state = State::End(2),
            State::End(2) if byte == b'>' => {
                self.state = State::Text;
                return Some(Found::Command(std::mem::take(&mut self.command)));
            }
            State::End(_) => {
                let of = [b"unexpected \"", &[byte][..], b"\" symbol in \""].concat();
                return self.lose(0, [&of[..], &self.command.name, b"\" SSI command"].concat());
            }
            State::Lost(2) if byte == b'>' => {
                self.state = State::Text;
                return Some(Found::Failed);
            }
            State::Lost(seen) => self.state = State::Lost(if byte == b'-' && seen < 2 { seen + 1 } else { 0 }),
            State::Text | State::Opening(_) => {}
        }
        None
    }

    /// One byte of a parameter's name, or of what follows it.
    fn before_value(&mut self, byte: u8) -> Option<Found<'static>> {
        let is_key = self.state == State::Param;
        match (self.state, byte) {
            (State::BeforeValue, b'"' | b'\'') => self.state = State::Value(byte),
            (State::Param, byte) if is_space(byte) => self.state = State::BeforeEqual,
            (_, byte) if is_space(byte) => {}
            (State::Param | State::BeforeEqual, b'=') => self.state = State::BeforeValue,
            (State::Param, byte) if byte != b'-' => {
                let (name, params) = (&self.command.name, &mut self.command.params);
                let (key, _) = params.last_mut()?;
                if key.len() < MOST_KEY {
                    key.push(byte);
                    return None;
                }
                let text =
                    [b"too long \"", &key[..], &[byte], b"...\" parameter in \"", name, b"\" SSI command"].concat();
                return self.lose(0, text);
            }
            (state, byte) => {
                let place =
                    if state == State::BeforeValue { &b" symbol before value of \""[..] } else { b" symbol after \"" };
                let (key, _) = self.param();
                let of = [b"unexpected \"", &[byte][..], b"\"", place, key, b"\" parameter in \""].concat();
                let seen = u8::from(byte == b'-');
                debug_assert!(!is_key || seen == 1, "names take all other bytes");
                return self.lose(seen, [&of[..], &self.command.name, b"\" SSI command"].concat());
            }
        }
        None
    }

    /// Another byte of a value.
    fn push(&mut self, byte: u8) -> Option<Found<'static>> {
        let (key, value) = self.command.params.last_mut()?;
        if value.len() < self.most_value {
            value.push(byte);
            return None;
        }
        let of = [b"too long \"", &value[..], &[byte], b"...\" value of \"", key, b"\" parameter in \""].concat();
        self.lose(0, [&of[..], &self.command.name, b"\" SSI command"].concat())
    }

    fn param(&self) -> (&[u8], &[u8]) {
        self.command.params.last().map_or((b"", b""), |(key, value)| (key, value))
    }

    /// What follows is of no use until the command's end, of which so much was seen.
    fn lose(&mut self, seen: u8, text: Vec<u8>) -> Option<Found<'static>> {
        self.state = State::Lost(seen);
        Some(Found::Wrong(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a content that comes in two pieces, as text.
    fn parse(content: &[u8], at: usize) -> String {
        let mut parser = Parser::new(12);
        let mut out = Vec::new();
        let (first, second) = content.split_at(at);
        for mut piece in [first, second] {
            while let Some(found) = parser.next(&mut piece) {
                match found {
                    Found::Text(text) => out.extend_from_slice(text),
                    Found::Failed => out.extend_from_slice(b"[!]"),
                    Found::Wrong(text) => out.extend([&b"{"[..], &text, b"}"].concat()),
                    Found::Command(Command { name, params }) => {
                        out.extend([b"[", &name[..]].concat());
                        for (key, value) in params {
                            out.extend([b" ", &key[..], b"=", &value].concat());
                        }
                        out.push(b']');
                    }
                }
            }
        }
        String::from_utf8(out).expect("ASCII")
    }

    #[track_caller]
    fn check(content: &str, want: &str) {
        for at in 0..=content.len() {
            assert_eq!(parse(content.as_bytes(), at), want, "{content} in two at {at}");
        }
    }

    #[test]
    fn commands_are_found_wherever_the_content_is_cut() {
        check("X<!--#echo var=\"a\" -->Y", "X[echo var=a]Y");
        check("<!--# include virtual = '/x' wait=\"yes\"--><!--#endif -->", "[include virtual=/x wait=yes][endif]");
        check("<!--#a b=\"\\\"c\\\\\" d='\"'-->", "[a b=\\\"c\\\\ d=\"]");
        check("a<b<<!--c--><<!-<!--<!--#x -->", "a<b<<!--c--><<!-<!--[x]");
        check("no end <!--", "no end ");
    }

    #[test]
    fn what_is_wrong_is_said_and_skipped() {
        check("a<!--#x y-->b", "a{unexpected \"-\" symbol after \"y\" parameter in \"x\" SSI command}[!]b");
        check("<!--#x y z-->b", "{unexpected \"z\" symbol after \"y\" parameter in \"x\" SSI command}[!]b");
        check("<!--#x y=z -->b", "{unexpected \"z\" symbol before value of \"y\" parameter in \"x\" SSI command}[!]b");
        check(
            "<!--#x y='z'a -->",
            "{unexpected \"a\" symbol after \"z\" value of \"y\" parameter in \"x\" SSI command}[!]",
        );
        check("<!--#x -y -->b", "{unexpected \"y\" symbol in \"x\" SSI command}[!]b");
        check(
            "<!--#x y='0123456789abcdef' - - -->",
            "{too long \"0123456789abc...\" value of \"y\" parameter in \"x\" SSI command}[!]",
        );
        check(
            "<!--#x abcdefghijklmnopqrstuvwxyz012345678='' -->",
            "{too long \"abcdefghijklmnopqrstuvwxyz0123456...\" parameter in \"x\" SSI command}[!]",
        );
        let long = "0123456789abcdef0123456789abcdefg";
        check(&format!("<!--#{long}hi -->c"), &format!("{{the \"{long}...\" SSI command is too long}}[!]c"));
    }
}
