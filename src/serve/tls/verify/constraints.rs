//! Names that an authority may sign for (RFC 5280, 4.2.1.10), as OpenSSL checks them: alternative names, the subject,
//! and common names that look like hosts where no alternative name is one of DNS.
//!
//! Of constraints on other names than those of hosts, addresses and directories, only that there are none is
//! understood: a certificate with such a name fails.

use x509_parser::extensions::{GeneralName, GeneralSubtree, NameConstraints};
use x509_parser::prelude::X509Certificate;

use super::Reason;

/// Whether an authority with these constraints may have signed for a certificate.
pub(super) fn allow(constraints: &NameConstraints, certificate: &X509Certificate) -> Result<(), Reason> {
    let subject = GeneralName::DirectoryName(certificate.subject().clone());
    if certificate.subject().iter().next().is_some() {
        check(constraints, &subject)?;
    }
    let alternative = certificate.subject_alternative_name().map_err(|_| Reason::UnsupportedConstraint)?;
    let names = alternative.iter().flat_map(|found| &found.value.general_names);
    let mut host = false;
    for name in names {
        host |= matches!(name, GeneralName::DNSName(_));
        check(constraints, name)?;
    }
    if !host {
        let common = certificate.subject().iter_common_name().filter_map(|common| common.as_str().ok());
        for name in common.filter(|name| is_host(name)) {
            check(constraints, &GeneralName::DNSName(name))?;
        }
    }
    Ok(())
}

fn check(constraints: &NameConstraints, name: &GeneralName) -> Result<(), Reason> {
    let of_kind = |subtrees: &Option<Vec<GeneralSubtree>>| -> Result<Vec<bool>, Reason> {
        let same = |base: &GeneralName| std::mem::discriminant(base) == std::mem::discriminant(name);
        let subtrees = subtrees.iter().flatten().filter(|subtree| same(&subtree.base));
        subtrees.map(|subtree| within(&subtree.base, name).ok_or(Reason::UnsupportedConstraint)).collect()
    };
    let permitted = of_kind(&constraints.permitted_subtrees)?;
    if !permitted.is_empty() && !permitted.contains(&true) {
        return Err(Reason::PermittedViolation);
    }
    if of_kind(&constraints.excluded_subtrees)?.contains(&true) {
        return Err(Reason::ExcludedViolation);
    }
    Ok(())
}

/// Whether a name is in a subtree of its kind; `None` where that is not understood.
fn within(base: &GeneralName, name: &GeneralName) -> Option<bool> {
    match (base, name) {
        (GeneralName::DNSName(base), GeneralName::DNSName(name)) => Some(is_below(base, name)),
        (GeneralName::IPAddress(base), GeneralName::IPAddress(name)) => {
            let (net, mask) = base.split_at_checked(name.len()).filter(|(_, mask)| mask.len() == name.len())?;
            Some(name.iter().zip(net.iter().zip(mask)).all(|(byte, (net, mask))| byte & mask == net & mask))
        }
        (GeneralName::DirectoryName(base), GeneralName::DirectoryName(name)) => {
            let parts = |name: &x509_parser::x509::X509Name| {
                let values = |part: &x509_parser::x509::RelativeDistinguishedName| {
                    part.iter()
                        .map(|value| (value.attr_type().to_id_string(), value.attr_value().data.to_vec()))
                        .collect()
                };
                name.iter().map(values).collect::<Vec<Vec<(String, Vec<u8>)>>>()
            };
            Some(parts(name).starts_with(&parts(base)))
        }
        _ => None,
    }
}

/// `example.com` holds itself and what is below it; `.example.com` only the latter.
fn is_below(base: &str, name: &str) -> bool {
    let (base, name) = (base.to_ascii_lowercase(), name.to_ascii_lowercase());
    let Some(before) = name.strip_suffix(&base) else { return false };
    base.is_empty() || before.is_empty() || base.starts_with('.') || before.ends_with('.')
}

/// A common name that can be meant as a host's: labels with a dot between them.
fn is_host(name: &str) -> bool {
    let plain = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'*';
        !label.is_empty() && label.bytes().all(inner)
    };
    name.contains('.') && name.split('.').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let below = |base, name| within(&GeneralName::DNSName(base), &GeneralName::DNSName(name)).unwrap();
        assert!(below("example.com", "Example.com") && below("example.com", "a.example.com") && below("", "a"));
        assert!(below(".example.com", "a.example.com") && !below(".example.com", "example.com"));
        assert!(!below("example.com", "badexample.com") && !below("example.com", "com"));
    }

    #[test]
    fn addresses() {
        let base = GeneralName::IPAddress(&[10, 0, 0, 0, 255, 0, 0, 0]);
        assert_eq!(within(&base, &GeneralName::IPAddress(&[10, 1, 2, 3])), Some(true));
        assert_eq!(within(&base, &GeneralName::IPAddress(&[11, 1, 2, 3])), Some(false));
        assert_eq!(within(&base, &GeneralName::IPAddress(&[0; 16])), None);
    }

    #[test]
    fn subtrees() {
        let names = NameConstraints {
            permitted_subtrees: Some(vec![GeneralSubtree { base: GeneralName::DNSName("a.com") }]),
            excluded_subtrees: Some(vec![GeneralSubtree { base: GeneralName::DNSName("x.a.com") }]),
        };
        assert_eq!(check(&names, &GeneralName::DNSName("b.a.com")), Ok(()));
        assert_eq!(check(&names, &GeneralName::DNSName("b.com")), Err(Reason::PermittedViolation));
        assert_eq!(check(&names, &GeneralName::DNSName("y.x.a.com")), Err(Reason::ExcludedViolation));
        assert_eq!(check(&names, &GeneralName::IPAddress(&[1, 2, 3, 4])), Ok(()));
        let mail = NameConstraints {
            permitted_subtrees: Some(vec![GeneralSubtree { base: GeneralName::RFC822Name("a.com") }]),
            excluded_subtrees: None,
        };
        assert_eq!(check(&mail, &GeneralName::RFC822Name("me@a.com")), Err(Reason::UnsupportedConstraint));
    }
}
