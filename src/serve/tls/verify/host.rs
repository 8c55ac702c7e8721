//! Whether a certificate is for a host: OpenSSL's `X509_check_host`, which also looks at the subject's common names
//! where no alternative name is one of DNS.

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Whether the certificate (DER) is for the host of this name.
#[must_use]
pub fn matches(certificate: &[u8], name: &[u8]) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else { return false };
    if name.is_empty() {
        return false;
    }
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let alternatives = alternative.iter().flat_map(|found| &found.value.general_names);
    let mut names = alternatives.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(name.as_bytes()),
        _ => None,
    });
    if let Some(first) = names.next() {
        return std::iter::once(first).chain(names).any(|pattern| fits(pattern, name));
    }
    certificate.subject().iter_common_name().any(|common| fits(common.attr_value().data, name))
}

/// `pattern` is a name, or one with a `*` in its first label, which stands for any part of one label.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    if pattern.eq_ignore_ascii_case(name) {
        return true;
    }
    let Some(star) = star(pattern) else { return false };
    let (before, after) = (&pattern[..star], &pattern[star + 1..]);
    if name.len() < before.len() + after.len() {
        return false;
    }
    let middle = &name[before.len()..name.len() - after.len()];
    let whole = before.is_empty() && after.starts_with(b".");
    let foreign = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    name[..before.len()].eq_ignore_ascii_case(before)
        && name[name.len() - after.len()..].eq_ignore_ascii_case(after)
        && (whole && !middle.is_empty() || !whole && !foreign)
        && middle.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Where the only `*` stands, if it may stand there: in the first label of three or more, at one end of it.
fn star(pattern: &[u8]) -> Option<usize> {
    let star = memchr::memchr(b'*', pattern)?;
    let labels: Vec<&[u8]> = pattern.split(|byte| *byte == b'.').collect();
    let first = labels[0];
    let once = memchr::memchr_iter(b'*', pattern).count() == 1;
    let at_end = star == 0 || star + 1 == first.len();
    let plain = !first.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    let good = labels.len() > 2 && labels.iter().all(|label| !label.is_empty());
    (once && star < first.len() && at_end && plain && good).then_some(star)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns() {
        for (pattern, name) in [
            ("example.com", "EXAMPLE.com"),
            ("*.example.com", "foo.example.com"),
            ("f*.example.com", "foo.example.com"),
            ("*o.example.com", "foo.example.com"),
            ("*.example.com", "xn--foo.example.com"),
        ] {
            assert!(fits(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.example.com", "example.com"),
            ("*.example.com", ".example.com"),
            ("*.example.com", "a.b.example.com"),
            ("*.com", "example.com"),
            ("*", "example"),
            ("f*o.example.com", "foo.example.com"),
            ("x*.example.com", "xn--foo.example.com"),
            ("a.*.com", "a.b.com"),
            ("*.*.com", "a.b.com"),
        ] {
            assert!(!fits(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
    }
}
