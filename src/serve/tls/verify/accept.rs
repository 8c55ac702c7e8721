//! What rustls asks during a handshake: any certificate will do, as long as the other side has its key. The
//! certificates are verified when the handshake is done.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, SignatureScheme};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::serve::tls::der;
use crate::serve::tls::provider::algorithms;

/// Asks clients for a certificate, and takes any or none.
#[derive(Debug)]
pub struct AnyClient {
    /// The names of authorities that a client is told.
    pub hints: Arc<[DistinguishedName]>,
}

impl ClientCertVerifier for AnyClient {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tls12(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tls13(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        algorithms().supported_schemes()
    }
}

/// Takes any certificate of a server.
#[derive(Debug)]
pub struct AnyServer;

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tls12(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tls13(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        algorithms().supported_schemes()
    }
}

/// The public key of a certificate of any version.
fn key(certificate: &[u8]) -> Result<Vec<u8>, Error> {
    let read = X509Certificate::from_der(certificate);
    let (_, certificate) = read.map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
    Ok(certificate.public_key().raw.to_vec())
}

fn tls13(message: &[u8], cert: &[u8], dss: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
    let key = SubjectPublicKeyInfoDer::from(key(cert)?);
    rustls::crypto::verify_tls13_signature_with_raw_key(message, &key, dss, &algorithms())
}

fn tls12(message: &[u8], cert: &[u8], dss: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
    let unsupported = || Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme);
    let bad = || Error::InvalidCertificate(CertificateError::BadSignature);
    let known = algorithms();
    let (_, candidates) = known.mapping.iter().find(|(scheme, _)| *scheme == dss.scheme).ok_or_else(unsupported)?;
    let spki = key(cert)?;
    let (kind, key) = der::public_key(&spki).ok_or_else(bad)?;
    let mut fitting = candidates.iter().filter(|algorithm| algorithm.public_key_alg_id().as_ref() == kind);
    let good = fitting.any(|algorithm| algorithm.verify_signature(key, message, dss.signature()).is_ok());
    if good { Ok(HandshakeSignatureValid::assertion()) } else { Err(bad()) }
}
