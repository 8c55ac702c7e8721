//! From a certificate to one that is trusted, in the steps of OpenSSL's `X509_verify_cert`: build the chain, look at
//! what its certificates may be used for, at revocations, at signatures and times.
//!
//! nginx lets OpenSSL go on after a fault, so the last one is what it tells; the order of the steps is kept for that.

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::CertificateDer;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{CertificateRevocationList, FromDer, X509Certificate};
use x509_parser::x509::X509Version;

use super::{Reason, Store, constraints};
use crate::serve::tls::der;
use crate::serve::tls::provider::algorithms;

/// What a certificate is to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A client shows it.
    Client,
    /// A server shows it.
    Server,
}

/// A certificate of the chain in the making.
struct Link<'a> {
    der: &'a [u8],
    certificate: X509Certificate<'a>,
    trusted: bool,
}

impl<'a> Link<'a> {
    fn read(der: &'a [u8], trusted: bool) -> Option<Link<'a>> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        Some(Link { der, certificate, trusted })
    }

    fn is_issued_by(&self, issuer: &X509Certificate) -> bool {
        self.certificate.issuer().as_raw() == issuer.subject().as_raw()
            && keys_agree(&self.certificate, issuer)
            && signs_certificates(issuer)
    }

    fn is_self_signed(&self) -> bool {
        self.is_issued_by(&self.certificate)
    }

    fn is_valid_at(&self, now: i64) -> bool {
        let validity = self.certificate.validity();
        (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now)
    }
}

/// Verifies what the other side sent, its own certificate first, at a time in seconds since 1970. `depth` is the number
/// of authorities allowed between the two ends of the chain.
///
/// # Errors
/// The last of OpenSSL's reasons against it.
pub fn verify(sent: &[CertificateDer], store: &Store, purpose: Purpose, depth: u32, now: i64) -> Result<(), Reason> {
    let mut said = Ok(());
    let links = build(sent, store, depth, now, &mut said)?;
    extensions(&links, purpose, &mut said);
    if !store.revocations.is_empty() {
        revocations(&links, store, now, &mut said);
    }
    signatures(&links, now, &mut said);
    names(&links, &mut said);
    said
}

type Said = Result<(), Reason>;

/// Trusted issuers go before those that were sent along.
fn build<'a>(
    sent: &'a [CertificateDer],
    store: &'a Store,
    depth: u32,
    now: i64,
    said: &mut Said,
) -> Result<Vec<Link<'a>>, Reason> {
    let limit = depth.saturating_add(1) as usize;
    let (own, rest) = sent.split_first().ok_or(Reason::Malformed)?;
    let mut links = vec![Link::read(own, false).ok_or(Reason::Malformed)?];
    let mut done = false;
    loop {
        let last = links.len() - 1;
        let (current, short) = (&links[last], links.len() <= limit);
        if current.is_self_signed() {
            done = current.trusted || (short && store.contains(current.der));
            break;
        }
        if !short {
            break;
        }
        let candidates = store.named(current.certificate.issuer().as_raw());
        if let Some(issuer) = choose(current, candidates, true, now) {
            links.push(issuer);
            continue;
        }
        // From what is trusted, the way does not lead back.
        if current.trusted {
            break;
        }
        match choose(current, rest.iter().map(|der| &**der), false, now) {
            Some(issuer) => links.push(issuer),
            None => break,
        }
    }
    if !done {
        if links.len() > limit {
            *said = Err(Reason::ChainTooLong);
        }
        let own_authority = links[links.len() - 1].is_self_signed();
        *said = Err(match (own_authority, links.len()) {
            (true, 1) => Reason::SelfSigned,
            (true, _) => Reason::SelfSignedInChain,
            (false, _) if links.iter().any(|link| link.trusted) => Reason::UnableToGetIssuer,
            (false, _) => Reason::UnableToGetIssuerLocally,
        });
    }
    Ok(links)
}

/// The issuer among some certificates: the first that is valid now, else the first.
fn choose<'a>(of: &Link, among: impl Iterator<Item = &'a [u8]>, trusted: bool, now: i64) -> Option<Link<'a>> {
    let mut first = None;
    for link in among.filter_map(|der| Link::read(der, trusted)) {
        if !of.is_issued_by(&link.certificate) {
            continue;
        }
        if link.is_valid_at(now) {
            return Some(link);
        }
        first = first.or(Some(link));
    }
    first
}

/// What the certificate says of its issuer's key, and the issuer of its own, are no contradiction.
fn keys_agree(certificate: &X509Certificate, issuer: &X509Certificate) -> bool {
    let authority = certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(authority) => Some(authority),
        _ => None,
    });
    let Some(authority) = authority else { return true };
    let own = issuer.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(key) => Some(key),
        _ => None,
    });
    if let (Some(asked), Some(own)) = (&authority.key_identifier, own)
        && asked != own
    {
        return false;
    }
    if authority.authority_cert_serial.is_some_and(|serial| serial != issuer.raw_serial()) {
        return false;
    }
    let names = authority.authority_cert_issuer.iter().flatten();
    let name = names.filter_map(|name| if let GeneralName::DirectoryName(name) = name { Some(name) } else { None });
    name.take(1).all(|name| name.as_raw() == issuer.issuer().as_raw())
}

fn signs_certificates(issuer: &X509Certificate) -> bool {
    match issuer.key_usage() {
        Ok(None) => true,
        Ok(Some(usage)) => usage.value.key_cert_sign(),
        Err(_) => false,
    }
}

fn extensions(links: &[Link], purpose: Purpose, said: &mut Said) {
    let mut below = 0;
    for (n, link) in links.iter().enumerate() {
        let certificate = &link.certificate;
        if certificate.extensions().iter().any(|extension| {
            let read = extension.parsed_extension();
            extension.critical && (read.unsupported() || read.error().is_some())
        }) {
            *said = Err(Reason::UnhandledCritical);
        }
        if n > 0 && !is_authority(link) {
            *said = Err(Reason::InvalidCa);
        }
        if !is_for(certificate, purpose, n > 0) {
            *said = Err(Reason::InvalidPurpose);
        }
        let length = certificate.basic_constraints().ok().flatten().and_then(|found| found.value.path_len_constraint);
        if n > 0 && length.is_some_and(|length| below > length) {
            *said = Err(Reason::PathLengthExceeded);
        }
        let self_issued = certificate.subject().as_raw() == certificate.issuer().as_raw();
        if n > 0 && !self_issued {
            below += 1;
        }
    }
}

/// A certificate without the extension may be an authority by its usage, or, as in old times, by standing for itself.
fn is_authority(link: &Link) -> bool {
    let certificate = &link.certificate;
    let usage = certificate.key_usage();
    if usage.is_err() || usage.is_ok_and(|usage| usage.is_some_and(|usage| !usage.value.key_cert_sign())) {
        return false;
    }
    match certificate.basic_constraints() {
        Ok(Some(found)) => found.value.ca,
        Ok(None) if certificate.version() == X509Version::V1 => link.is_self_signed(),
        Ok(None) => certificate.key_usage().is_ok_and(|usage| usage.is_some()),
        Err(_) => false,
    }
}

fn is_for(certificate: &X509Certificate, purpose: Purpose, authority: bool) -> bool {
    let extended = match certificate.extended_key_usage() {
        Ok(None) => true,
        Ok(Some(usage)) if purpose == Purpose::Client => usage.value.client_auth,
        Ok(Some(usage)) => usage.value.server_auth,
        Err(_) => false,
    };
    let plain = match certificate.key_usage() {
        Ok(None) => true,
        Ok(Some(usage)) => {
            let signs = usage.value.digital_signature() || usage.value.key_agreement();
            authority || signs || (purpose == Purpose::Server && usage.value.key_encipherment())
        }
        Err(_) => false,
    };
    extended && plain
}

/// Every authority's constraints hold for all that is below it, except for authorities of the same name.
fn names(links: &[Link], said: &mut Said) {
    for (n, link) in links.iter().enumerate().rev() {
        let certificate = &link.certificate;
        if n > 0 && certificate.subject().as_raw() == certificate.issuer().as_raw() {
            continue;
        }
        for above in &links[n + 1..] {
            let judged = match above.certificate.name_constraints() {
                Ok(None) => Ok(()),
                Ok(Some(found)) => constraints::allow(found.value, certificate),
                Err(_) => Err(Reason::UnsupportedConstraint),
            };
            if judged.is_err() {
                *said = judged;
            }
        }
    }
}

fn signatures(links: &[Link], now: i64, said: &mut Said) {
    let top = links.len() - 1;
    let mut verified = links.len();
    if !links[top].is_self_signed() {
        if top == 0 {
            *said = Err(Reason::UnableToVerifyFirst);
        } else {
            verified = top;
        }
    }
    for n in (0..verified).rev() {
        // What stands for itself is trusted or not, whatever its signature.
        if n < top && !is_signed(links[n].der, links[n + 1].certificate.public_key().raw) {
            *said = Err(Reason::SignatureFailure);
        }
        let validity = links[n].certificate.validity();
        if validity.not_before.timestamp() > now {
            *said = Err(Reason::NotYetValid);
        }
        if validity.not_after.timestamp() < now {
            *said = Err(Reason::Expired);
        }
    }
}

/// Whether the key of a `SubjectPublicKeyInfo` made the signature of a certificate or a revocation list.
fn is_signed(der: &[u8], key: &[u8]) -> bool {
    let known: WebPkiSupportedAlgorithms = algorithms();
    let Some((signed, (kind, key))) = der::signed(der).zip(der::public_key(key)) else { return false };
    let fits = |algorithm: &&&dyn rustls::pki_types::SignatureVerificationAlgorithm| {
        algorithm.signature_alg_id().as_ref() == signed.algorithm && algorithm.public_key_alg_id().as_ref() == kind
    };
    known
        .all
        .iter()
        .filter(fits)
        .any(|algorithm| algorithm.verify_signature(key, signed.body, signed.signature).is_ok())
}

/// Every certificate needs a list of its issuer's that does not name it.
fn revocations(links: &[Link], store: &Store, now: i64, said: &mut Said) {
    for (n, link) in links.iter().enumerate() {
        let issuer = &links[(n + 1).min(links.len() - 1)].certificate;
        if let Err(reason) = revocation(&link.certificate, issuer, store, now) {
            *said = Err(reason);
        }
    }
}

fn revocation(certificate: &X509Certificate, issuer: &X509Certificate, store: &Store, now: i64) -> Said {
    let read = store
        .revocations
        .iter()
        .filter_map(|der| CertificateRevocationList::from_der(der).ok().map(|(_, list)| (&**der, list)));
    let own = read.filter(|(_, list)| list.issuer().as_raw() == certificate.issuer().as_raw());
    // The newest list is the one that counts.
    let newest = own.max_by_key(|(_, list)| list.last_update().timestamp());
    let (der, list) = newest.ok_or(Reason::UnableToGetCrl)?;
    let mut said = Ok(());
    if list.last_update().timestamp() > now {
        said = Err(Reason::CrlNotYetValid);
    }
    if list.next_update().is_some_and(|next| next.timestamp() < now) {
        said = Err(Reason::CrlExpired);
    }
    if !is_signed(der, issuer.public_key().raw) {
        said = Err(Reason::CrlSignatureFailure);
    }
    if list.iter_revoked_certificates().any(|revoked| revoked.raw_serial() == certificate.raw_serial()) {
        said = Err(Reason::Revoked);
    }
    said
}
