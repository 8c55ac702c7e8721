//! Names that Kubernetes takes: of objects, of hosts, of ports.

use std::collections::HashSet;

/// How long the name of a Service or of a listener may be.
const LONGEST: usize = 63;

/// Gives names to objects; within one kind and namespace each is given once.
#[derive(Debug, Default)]
pub struct Names(HashSet<(&'static str, String, String)>);

impl Names {
    /// A name for an object of `kind` in `namespace` that is like `text`.
    pub fn unique(&mut self, kind: &'static str, namespace: &str, text: &str) -> String {
        let base = label(text);
        let mut name = base.clone();
        let mut number = 1;
        while !self.0.insert((kind, namespace.to_owned(), name.clone())) {
            number += 1;
            let tail = format!("-{number}");
            let kept = base.len().min(LONGEST - tail.len());
            name = format!("{}{tail}", base[..kept].trim_end_matches('-'));
        }
        name
    }
}

/// A DNS label that is like `text`: small letters, digits and `-`, first a letter.
#[must_use]
pub fn label(text: &str) -> String {
    let mut name = String::new();
    for character in text.to_ascii_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "n-");
    }
    name.truncate(LONGEST);
    name.trim_end_matches('-').to_owned()
}

/// Whether it is a DNS name as hostnames must be: labels of small letters, digits and `-`, and no address.
#[must_use]
pub fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.bytes().all(inner)
    };
    text.len() <= 253 && text.split('.').all(is_label) && text.parse::<std::net::IpAddr>().is_err()
}

/// The path as a match takes it: what may not stand there is written as `%XX`.
#[must_use]
pub fn path(text: &str) -> String {
    use std::fmt::Write as _;
    let mut path = String::new();
    for byte in crate::syntax::encode(text).iter().copied() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_and_unique() {
        let mut names = Names::default();
        assert_eq!(names.unique("Service", "", "Shop_API.v2"), "shop-api-v2");
        assert_eq!(names.unique("Service", "", "shop-api-v2"), "shop-api-v2-2");
        assert_eq!(names.unique("HTTPRoute", "", "shop-api-v2"), "shop-api-v2");
        assert_eq!(names.unique("Service", "", "127.0.0.1:80"), "n-127-0-0-1-80");
        assert_eq!(names.unique("Service", "", "***"), "n");
        let long = names.unique("Service", "", &"x".repeat(99));
        assert_eq!((long.len(), names.unique("Service", "", &"x".repeat(99)).len()), (63, 63));
    }

    #[test]
    fn hosts_are_dns_names() {
        for (text, wanted) in [("a.b", true), ("a_b", false), ("127.0.0.1", false), ("a..b", false), ("-a", false)] {
            assert_eq!(is_hostname(text), wanted, "{text}");
        }
    }

    #[test]
    fn paths_are_encoded() {
        assert_eq!(path("/a b%\"/~(x)"), "/a%20b%25%22/~(x)");
    }
}
