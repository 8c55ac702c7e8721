//! nginx's texts with variables in Envoy's words: format strings, and expressions of the script. What Envoy's formats
//! have no word for, the script works out and leaves in the request's metadata.

use std::collections::BTreeMap;

use crate::config::{Part, Text};
use crate::modules::shared::map::{Key, Maps};

use super::script::quoted;

/// What the values of variables depend on besides the request.
#[derive(Debug, Clone)]
pub struct Scene<'s> {
    /// `http`, `https`: what clients speak.
    pub scheme: &'static str,
    /// The port that they speak to.
    pub port: u16,
    /// The first name of the server.
    pub server_name: &'s str,
    /// `$proxy_host`; empty where nothing is passed.
    pub proxy_host: &'s str,
    /// The maps of the configuration.
    pub maps: Option<&'s Maps>,
}

/// What the script works out for every request: names in the metadata, and expressions of `request`.
pub type Values = BTreeMap<String, String>;

/// What is known of a variable.
enum Known {
    /// It is always this.
    Literal(String),
    /// Envoy has a format for it, and there is an expression.
    Format(&'static str, &'static str),
    /// The script has an expression for it.
    Expression(String),
}

impl Scene<'_> {
    fn variable(&self, name: &str) -> Option<Known> {
        use Known::{Expression, Format, Literal};
        let lower = name.to_ascii_lowercase();
        let expression = |text: &str| Expression(text.to_owned());
        Some(match &*lower {
            "host" => expression("request.host ~= '' and request.host or SERVER_NAME"),
            "http_host" => expression("request.authority"),
            "request_uri" => expression("request.raw"),
            "uri" | "document_uri" => expression("request.uri"),
            "args" | "query_string" => expression("request.args"),
            "is_args" => expression("request.args ~= '' and '?' or ''"),
            "proxy_add_x_forwarded_for" => expression("forwarded(request)"),
            "binary_remote_addr" => expression("packed(request)"),
            "remote_addr" | "realip_remote_addr" => {
                Format("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", "address(request)")
            }
            "request_method" => Format("%REQ(:METHOD)%", "request.headers:get(':method')"),
            "server_protocol" => Format("%PROTOCOL%", "request.handle:streamInfo():protocol()"),
            "scheme" => Literal(self.scheme.to_owned()),
            "https" => Literal(if self.scheme == "https" { "on".to_owned() } else { String::new() }),
            "server_port" => Literal(self.port.to_string()),
            "server_name" => Literal(self.server_name.to_owned()),
            "proxy_host" if !self.proxy_host.is_empty() => Literal(self.proxy_host.to_owned()),
            "proxy_port" if !self.proxy_host.is_empty() => {
                let port = self.proxy_host.rsplit_once(':').map_or("80", |(_, port)| port);
                Literal(port.to_owned())
            }
            "content_type" => expression("header(request, 'content-type')"),
            "content_length" => expression("header(request, 'content-length')"),
            _ => return Self::prefixed(&lower).or_else(|| self.map(name)),
        })
    }

    fn prefixed(name: &str) -> Option<Known> {
        let call =
            |function: &str, argument: &str| Known::Expression(format!("{function}(request, {})", quoted(argument)));
        if let Some(name) = name.strip_prefix("http_") {
            return Some(call("header", &name.replace('_', "-")));
        }
        name.strip_prefix("arg_")
            .map(|name| call("argument", name))
            .or_else(|| name.strip_prefix("cookie_").map(|name| call("cookie", name)))
    }

    /// A `map` with plain keys, as a table.
    fn map(&self, name: &str) -> Option<Known> {
        let map = self.maps?.maps.iter().find(|map| map.variable == name)?;
        if map.hostnames {
            return None;
        }
        let source = self.expression(&map.source)?;
        let mut rows = Vec::new();
        for entry in &map.entries {
            let Key::Exact(key) = &entry.key else { return None };
            rows.push(format!("[{}] = {}", quoted(&key.to_ascii_lowercase()), quoted(&entry.value.plain()?)));
        }
        let default = map.default.as_ref().map_or(Some(String::new()), Text::plain)?;
        Some(Known::Expression(format!("({{{}}})[({source}):lower()] or {}", rows.join(", "), quoted(&default))))
    }

    /// A text as a format of Envoy; nothing where a variable is not to be had. What the script has to work out is put
    /// among the values.
    pub fn format(&self, text: &Text, values: &mut Values) -> Option<String> {
        let mut format = String::new();
        for part in &text.0 {
            match part {
                Part::Literal(text) => format += &text.replace('%', "%%"),
                Part::Variable(name) => match self.variable(name)? {
                    Known::Literal(text) => format += &text.replace('%', "%%"),
                    Known::Format(own, _) => format += own,
                    Known::Expression(expression) => {
                        let name = name.to_ascii_lowercase();
                        format += &of_metadata(&name);
                        values.insert(name, expression);
                    }
                },
                Part::Capture(_) => return None,
            }
        }
        Some(format)
    }

    /// A text as an expression of the script.
    pub fn expression(&self, text: &Text) -> Option<String> {
        let mut parts = Vec::new();
        for part in &text.0 {
            parts.push(match part {
                Part::Literal(text) => quoted(text),
                Part::Variable(name) => match self.variable(name)? {
                    Known::Literal(text) => quoted(&text),
                    Known::Format(_, expression) => expression.to_owned(),
                    Known::Expression(expression) => format!("({expression})"),
                },
                Part::Capture(_) => return None,
            });
        }
        Some(if parts.is_empty() { "''".to_owned() } else { parts.join(" .. ") })
    }
}

/// The format of what the script left in the metadata.
pub fn of_metadata(name: &str) -> String {
    format!("%DYNAMIC_METADATA(nginxlb:{name})%")
}

/// The text of a text without variables.
pub trait Plain {
    /// Nothing where there are variables.
    fn plain(&self) -> Option<String>;
}

impl Plain for Text {
    fn plain(&self) -> Option<String> {
        let literal = |part: &Part| match part {
            Part::Literal(text) => Some(text.clone()),
            Part::Variable(_) | Part::Capture(_) => None,
        };
        self.0.iter().map(literal).collect()
    }
}
