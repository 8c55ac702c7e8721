//! Chains of the certificates in `testdata/tls`, judged as nginx 1.31.5 with OpenSSL 3.0.22 judged them.

use rustls::pki_types::CertificateDer;

use super::{Purpose, Reason, Store, verify};
use crate::serve::tls::tests::{NOW, files};

/// What nginx said of clients, for each depth and each file of authorities.
#[test]
fn chains_as_openssl_judges_them() {
    let revoking = |store: &mut Store| store.revoke(files().revocations("lists.crl").unwrap());
    for (authorities, depth, revocations, sent, want) in [
        ("root.crt", 0, false, "root.crt", 0),
        ("root.crt", 0, false, "int.crt", 0),
        ("root.crt", 0, false, "end.crt", 21),
        ("root.crt", 0, false, "end-int.crt", 20),
        ("root.crt", 0, false, "old.crt", 18),
        ("root.crt", 1, false, "end.crt", 21),
        ("root.crt", 1, false, "end-int.crt", 0),
        ("root-int.crt", 0, false, "int.crt", 0),
        ("root-int.crt", 0, false, "end.crt", 2),
        ("root-int.crt", 0, false, "end-int.crt", 2),
        ("root-int.crt", 1, false, "end.crt", 0),
        ("int.crt", 5, false, "root.crt", 18),
        ("int.crt", 5, false, "int.crt", 21),
        ("int.crt", 5, false, "end.crt", 2),
        ("root-int.crt", 5, true, "root.crt", 0),
        ("root-int.crt", 5, true, "int.crt", 0),
        ("root-int.crt", 5, true, "end.crt", 23),
        ("root-int.crt", 5, true, "end-int.crt", 23),
        ("root-int.crt", 5, true, "old.crt", 3),
        ("old.crt", 1, false, "old.crt", 0),
        ("old.crt", 1, false, "ec.crt", 18),
    ] {
        let mut store = Store::default();
        store.trust(&files().certificates(authorities).unwrap());
        if revocations {
            revoking(&mut store);
        }
        let sent_certificates = files().certificates(sent).unwrap();
        let said = verify(&sent_certificates, &store, Purpose::Client, depth, NOW);
        assert_eq!(said.err().map_or(0, Reason::number), want, "{sent} by {authorities}, depth {depth}");
    }
}

#[test]
fn times_and_broken_certificates() {
    let mut store = Store::default();
    let old = files().certificates("old.crt").unwrap();
    store.trust(&old);
    let at = |now| verify(&old, &store, Purpose::Server, 1, now).map_err(Reason::number);
    assert_eq!((at(0), at(NOW), at(i64::MAX)), (Err(9), Ok(()), Err(10)));
    // A changed byte of the signature.
    store.trust(&files().certificates("root.crt").unwrap());
    let mut int = files().certificates("int.crt").unwrap()[0].to_vec();
    *int.last_mut().unwrap() ^= 1;
    let said = verify(&[CertificateDer::from(int)], &store, Purpose::Server, 1, NOW);
    assert_eq!(said, Err(Reason::SignatureFailure));
    let said = verify(&[CertificateDer::from(vec![1, 2])], &store, Purpose::Server, 1, NOW);
    assert_eq!(said, Err(Reason::Malformed));
}
