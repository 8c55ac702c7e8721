//! DNS messages as nginx writes and reads them: one question, and of an answer what it looks at, byte for byte and with its
//! words for what is wrong. A general reader of DNS would refuse names that nginx takes (its labels may hold any bytes, and
//! a name may be longer than 255 of them), and know other words. Pure; what answers mean is `nodes.rs`'s affair.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of the head of a message.
const HEAD: usize = 12;
/// Bytes of a record's head behind its name: type, class, time to live, length.
const RECORD: usize = 10;
/// Labels and pointers of a name that are followed; compression may make a loop.
const MOST_LABELS: usize = 128;

/// `CNAME`
const CNAME: u16 = 5;
/// `DNAME`
const DNAME: u16 = 39;
/// The class of the internet.
const INTERNET: u16 = 1;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Kind {
    /// IPv4 addresses.
    A = 1,
    /// IPv6 addresses.
    Aaaa = 28,
    /// Where a service is.
    Srv = 33,
}

/// A question as it goes over UDP: `None` for a name that nginx declines, with an empty label or none.
#[must_use]
pub fn query(ident: u16, name: &[u8], kind: Kind) -> Option<Vec<u8>> {
    let mut message = Vec::with_capacity(HEAD + name.len() + 6);
    message.extend_from_slice(&ident.to_be_bytes());
    // Recursion desired; one question.
    message.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split(|byte| *byte == b'.') {
        let length = u8::try_from(label.len()).ok().filter(|length| *length > 0)?;
        message.push(length);
        message.extend_from_slice(label);
    }
    message.push(0);
    message.extend_from_slice(&(kind as u16).to_be_bytes());
    message.extend_from_slice(&INTERNET.to_be_bytes());
    Some(message)
}

/// An answer's head and question.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The number of the query.
    pub ident: u16,
    /// The response code; 0 for well.
    pub code: u8,
    /// It did not fit, and is to be asked for over TCP.
    pub truncated: bool,
    /// What was asked for.
    pub kind: Kind,
    /// The name that was asked for, in lower case.
    pub name: Vec<u8>,
    /// How many records the answer has.
    pub count: usize,
    message: &'a [u8],
    /// Where its records begin.
    at: usize,
}

/// Why an answer is not looked at further.
#[derive(Debug, PartialEq, Eq)]
pub enum Bad {
    /// nginx's words.
    Says(String),
    /// The server reports a fault that is not the name's; `named` if nginx says which query it was.
    Error {
        /// The response code.
        code: u8,
        /// The number of the query.
        ident: u16,
        /// nginx looks for the query of that number.
        named: bool,
    },
}

impl From<&str> for Bad {
    fn from(says: &str) -> Bad {
        Bad::Says(says.to_owned())
    }
}

/// One record of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// The lower, the earlier it is used.
    pub priority: u16,
    /// Its share among those of its priority; at least 1.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host, in lower case.
    pub target: Vec<u8>,
}

/// What the records of an answer say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Addresses, in order.
    pub addresses: Vec<IpAddr>,
    /// Services, in order.
    pub services: Vec<Srv>,
    /// Another name to ask for.
    pub alias: Option<Vec<u8>>,
    /// The smallest time to live, in seconds.
    pub ttl: u32,
    /// What nginx logs of them.
    pub notes: Vec<String>,
}

const SHORT: &str = "short DNS response";

impl<'a> Answer<'a> {
    /// Reads the head and the question of a message.
    ///
    /// # Errors
    /// What nginx logs; the message is to be ignored.
    pub fn read(message: &'a [u8], tcp: bool) -> Result<Answer<'a>, Bad> {
        let n = message.len();
        if n < HEAD {
            return Err(SHORT.into());
        }
        let [ident, flags, questions, count] = [0, 2, 4, 6].map(|at| word(message, at));
        let truncated = flags & 0x0200 != 0;
        if flags & 0xf870 != 0x8000 || (truncated && tcp) {
            let over = if tcp { "TCP" } else { "UDP" };
            return Err(Bad::Says(format!("invalid {over} DNS response {ident} fl:{flags:04X}")));
        }
        let code = (flags & 0xf) as u8;
        if code == 1 || code > 5 {
            return Err(Bad::Error { code, ident, named: code == 1 });
        }
        if questions != 1 {
            return Err("invalid number of questions in DNS response".into());
        }
        let mut at = HEAD;
        loop {
            match message.get(at) {
                None => return Err(SHORT.into()),
                Some(length) if length & 0xc0 != 0 => {
                    return Err("unexpected compression pointer in DNS response".into());
                }
                Some(0) => break,
                Some(length) => at += 1 + usize::from(*length),
            }
        }
        if at == HEAD {
            return Err("zero-length domain name in DNS response".into());
        }
        let (question, count) = (at + 1, usize::from(count));
        if question + 4 + count * (2 + RECORD) > n {
            return Err(SHORT.into());
        }
        let (kind, class) = (word(message, question), word(message, question + 2));
        if class != INTERNET {
            return Err(Bad::Says(format!("unknown query class {class} in DNS response")));
        }
        let name = name(message, HEAD)?;
        let kind = match kind {
            1 => Kind::A,
            28 => Kind::Aaaa,
            33 => Kind::Srv,
            // nginx asks for names of addresses only in `mail`.
            12 => return Err(Bad::Says(format!("unexpected DNS response for {}", String::from_utf8_lossy(&name)))),
            _ => return Err(Bad::Says(format!("unknown query type {kind} in DNS response"))),
        };
        Ok(Answer { ident, code, truncated, kind, name, count, message, at: question + 4 })
    }

    /// Reads its records.
    ///
    /// # Errors
    /// What nginx logs; the message is to be ignored.
    pub fn records(&self) -> Result<Records, Bad> {
        let (message, mut at) = (self.message, self.at);
        let mut records = Records { ttl: u32::MAX, ..Records::default() };
        let mut alias = None;
        for _ in 0..self.count {
            at = self.skip_name(at)?;
            if at + RECORD >= message.len() {
                return Err(SHORT.into());
            }
            let [kind, class, length] = [0, 2, 8].map(|offset| word(message, at + offset));
            if class != INTERNET {
                return Err(Bad::Says(format!("unexpected RR class {class} in DNS response")));
            }
            let ttl = u32::from(word(message, at + 4)) << 16 | u32::from(word(message, at + 6));
            // A negative number counts as 0.
            records.ttl = records.ttl.min(if ttl > i32::MAX.unsigned_abs() { 0 } else { ttl });
            at += RECORD;
            let length = usize::from(length);
            match (kind, self.kind) {
                (1 | 28, Kind::A | Kind::Aaaa) => records.addresses.push(self.address(kind, at, length)?),
                (33, Kind::Srv) => records.services.push(self.service(at)?),
                (CNAME, _) => alias = Some(at),
                (DNAME, _) => {}
                _ => records.notes.push(format!("unexpected RR type {kind} in DNS response")),
            }
            at += length;
        }
        records.alias = match alias {
            Some(at) if records.addresses.is_empty() && records.services.is_empty() => Some(name(message, at)?),
            _ => None,
        };
        Ok(records)
    }

    /// Where the name of a record ends.
    fn skip_name(&self, began: usize) -> Result<usize, Bad> {
        let mut at = began;
        loop {
            match self.message.get(at) {
                None => return Err(SHORT.into()),
                Some(length) if length & 0xc0 != 0 => return Ok(at + 2),
                Some(0) if at == began => {
                    return Err(match self.kind {
                        Kind::Srv => "invalid name DNS response".into(),
                        _ => "invalid name in DNS response".into(),
                    });
                }
                Some(0) => return Ok(at + 1),
                Some(length) => at += 1 + usize::from(*length),
            }
        }
    }

    fn address(&self, kind: u16, at: usize, length: usize) -> Result<IpAddr, Bad> {
        let (word, size) = if kind == 1 { ("A", 4) } else { ("AAAA", 16) };
        if kind != self.kind as u16 {
            return Err(Bad::Says(format!("unexpected {word} record in DNS response")));
        }
        if length != size {
            return Err(Bad::Says(format!("invalid {word} record in DNS response")));
        }
        let bytes = self.message.get(at..at + size).ok_or(SHORT)?;
        let v4 = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).into());
        let v6 = || <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).into());
        v4.or_else(|_| v6()).map_err(|_| SHORT.into())
    }

    fn service(&self, at: usize) -> Result<Srv, Bad> {
        if at + 6 >= self.message.len() {
            return Err(SHORT.into());
        }
        let [priority, weight, port] = [0, 2, 4].map(|offset| word(self.message, at + offset));
        Ok(Srv { priority, weight: weight.max(1), port, target: name(self.message, at + 6)? })
    }
}

/// Two bytes that are there.
fn word(message: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([message[at], message[at + 1]])
}

/// A name, with compression, in lower case (`ngx_resolver_copy`).
fn name(message: &[u8], mut at: usize) -> Result<Vec<u8>, Bad> {
    const OUT: &str = "name is out of DNS response";
    let mut name = Vec::new();
    for _ in 0..MOST_LABELS {
        let length = usize::from(*message.get(at).ok_or(OUT)?);
        match length & 0xc0 {
            0 if length == 0 => return Ok(name),
            0 => {
                let label = message.get(at + 1..at + 1 + length).ok_or(OUT)?;
                if !name.is_empty() {
                    name.push(b'.');
                }
                name.extend(label.iter().map(u8::to_ascii_lowercase));
                at += 1 + length;
            }
            0xc0 => at = (length & 0x3f) << 8 | usize::from(*message.get(at + 1).ok_or(OUT)?),
            _ => return Err("invalid label type in DNS response".into()),
        }
    }
    Err("compression pointers loop in DNS response".into())
}
