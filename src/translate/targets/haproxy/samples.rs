//! nginx's variables as HAProxy's samples, and texts with variables as its formats.
//!
//! What a request was at first is kept in variables of the transaction (`txn.host`, `txn.path`, `txn.request_uri`,
//! `txn.http_NAME`), as rules change the request itself.

use std::collections::BTreeSet;

use super::passing::escape_in_location;
use super::words;
use crate::config::{Part, Regex, Text};
use crate::modules::shared::map::Map;

/// What a text stands in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'a> {
    /// `$server_name`
    pub server_name: Option<&'a str>,
    /// `$proxy_host`
    pub proxy_host: Option<&'a str>,
    /// What `$1` comes out of: a sample, and the expression that it matched.
    pub matched: Option<(&'a str, &'a Regex)>,
    /// What is caught goes into a `Location`.
    pub redirects: bool,
    /// The maps of the configuration.
    pub maps: &'a [Map],
}

/// What has to be kept at the beginning, for the texts that were asked for.
#[derive(Debug, Default)]
pub struct Kept {
    /// Headers, by name.
    pub headers: BTreeSet<String>,
    /// `$request_uri` and the like.
    pub target: bool,
    /// Addresses of our own: what redirects begin with.
    pub base: bool,
    /// Maps by number.
    pub maps: BTreeSet<usize>,
    /// Variables that a `set` gives, by name.
    pub sets: BTreeSet<String>,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// That is always the same.
    Fixed(String),
    /// A sample.
    Sample(String),
    /// A format of its own.
    Format(String),
}

/// What is no text: a format would write it as one.
const BYTES: &str = "binary_remote_addr";

/// The name of a variable that no sample gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

impl Kept {
    /// A text as a format, without quotes.
    pub fn format(&mut self, text: &Text, around: Around) -> Result<String, Unknown> {
        let is_bytes = |part: &Part| matches!(part, Part::Variable(name) if name.eq_ignore_ascii_case(BYTES));
        if text.0.iter().any(is_bytes) {
            return Err(Unknown(BYTES.to_owned()));
        }
        let pieces = text.0.iter().map(|part| self.part(part, around));
        pieces
            .map(|piece| {
                Ok(match piece? {
                    Piece::Fixed(text) => words::literal(&text),
                    Piece::Sample(sample) => format!("%[{}]", sample.strip_suffix(",lower").unwrap_or(&sample)),
                    Piece::Format(format) => format,
                })
            })
            .collect()
    }

    /// A text of one variable as a sample.
    pub fn sample(&mut self, text: &Text, around: Around) -> Result<Option<String>, Unknown> {
        match text.0.as_slice() {
            [part] => Ok(match self.part(part, around)? {
                Piece::Sample(sample) => Some(sample),
                Piece::Fixed(_) | Piece::Format(_) => None,
            }),
            _ => Ok(None),
        }
    }

    fn part(&mut self, part: &Part, around: Around) -> Result<Piece, Unknown> {
        match part {
            Part::Literal(text) => Ok(Piece::Fixed(text.clone())),
            Part::Variable(name) => self.variable(&name.to_ascii_lowercase(), around),
            Part::Capture(number) => match around.matched {
                Some((sample, regex)) => {
                    let found = captured(sample, regex, *number);
                    Ok(Piece::Sample(if around.redirects { escape_in_location(&found) } else { found }))
                }
                None => Err(Unknown(number.to_string())),
            },
        }
    }

    /// A variable, by its name in lower case without `$`.
    pub fn variable(&mut self, name: &str, around: Around) -> Result<Piece, Unknown> {
        let sample = |text: &str| Ok(Piece::Sample(text.to_owned()));
        let fixed = |text: Option<&str>| text.map(|text| Piece::Fixed(text.to_owned())).ok_or(Unknown(name.to_owned()));
        if let Some(number) = around.maps.iter().position(|map| map.variable.eq_ignore_ascii_case(name)) {
            self.maps.insert(number);
            return Ok(Piece::Sample(format!("var(txn.map_{})", words::name(name))));
        }
        if self.sets.contains(name) {
            return Ok(Piece::Sample(format!("var(txn.set_{name})")));
        }
        match name {
            "host" => sample("var(txn.host)"),
            // What is hashed has to be text, not the bytes of an address or a number.
            "remote_addr" => sample("src,lower"),
            BYTES => sample("src"),
            "remote_port" => sample("src_port,lower"),
            "server_addr" => sample("dst,lower"),
            "server_port" => sample("dst_port,lower"),
            "server_name" => fixed(around.server_name),
            "proxy_host" => fixed(around.proxy_host),
            "scheme" => sample("ssl_fc,iif(https,http)"),
            "https" => sample("ssl_fc,iif(on,)"),
            "uri" | "document_uri" => sample("var(txn.path)"),
            "request_uri" => {
                self.target = true;
                sample("var(txn.request_uri)")
            }
            "args" | "query_string" => sample("query"),
            "is_args" => sample("query,length,bool,iif(?,)"),
            "request_method" => sample("method"),
            "server_protocol" => Ok(Piece::Format("HTTP/%[req.ver]".to_owned())),
            "request_id" => sample("uuid,regsub('-','',g)"),
            "hostname" => sample("hostname"),
            "content_length" => sample("req.fhdr(content-length)"),
            "content_type" => sample("req.fhdr(content-type)"),
            "proxy_add_x_forwarded_for" => {
                self.headers.insert("x-forwarded-for".to_owned());
                let before = "var(txn.http_x_forwarded_for),regsub('$',', ')";
                Ok(Piece::Format(format!("%[{before}]%[src]")))
            }
            "ssl_protocol" => sample("ssl_fc_protocol"),
            "ssl_cipher" => sample("ssl_fc_cipher"),
            "ssl_server_name" => sample("ssl_fc_sni"),
            "ssl_client_s_dn" => sample("ssl_c_s_dn"),
            "ssl_client_serial" => sample("ssl_c_serial,hex"),
            _ => self.of_request(name),
        }
    }

    /// `$http_`, `$arg_`, `$cookie_`
    fn of_request(&mut self, name: &str) -> Result<Piece, Unknown> {
        if let Some(header) = name.strip_prefix("http_") {
            self.headers.insert(header.replace('_', "-"));
            return Ok(Piece::Sample(format!("var(txn.http_{header})")));
        }
        let found = name.strip_prefix("arg_").map(|argument| format!("url_param({argument})"));
        let found = found.or_else(|| name.strip_prefix("cookie_").map(|cookie| format!("req.cook({cookie})")));
        found.map(Piece::Sample).ok_or(Unknown(name.to_owned()))
    }
}

/// What a group of an expression caught: the whole value is replaced by it.
pub fn captured(sample: &str, regex: &Regex, number: u8) -> String {
    let case = if regex.is_caseless() { "(?i)" } else { "" };
    let whole = format!("{case}^[\\s\\S]*?(?:{})[\\s\\S]*$", regex.pattern());
    format!("{sample},regsub({},'\\{number}')", words::argument(&whole))
}
