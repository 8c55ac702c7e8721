//! Certificates, keys and revocation lists as they stand in files.
//!
//! Left out: keys in hardware (`engine:`, `store:`). They are refused by name.

use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use rustls::crypto::ring::sign;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Where names of files lead to.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// What goes before a name that is not absolute; it ends with `/`.
    pub prefix: String,
    /// What was read of them, while a configuration is read.
    pub kept: Option<Arc<Kept>>,
}

/// Files as they were read for one configuration, each once, as in nginx (`ngx_event_openssl_cache.c`). The next
/// configuration takes those that have not changed.
#[derive(Debug, Default)]
pub struct Kept {
    files: Mutex<FxHashMap<String, Read>>,
    previous: Option<Arc<Kept>>,
}

/// Content, and what tells whether it has changed: seconds and number of the file.
type Read = (i64, u64, Arc<[u8]>);

impl Kept {
    /// For the configuration after that of `previous`.
    #[must_use]
    pub fn after(previous: Option<&Arc<Kept>>) -> Kept {
        let files = previous.map(|previous| previous.lock().clone());
        let previous = files.map(|files| Arc::new(Kept { files: Mutex::new(files), previous: None }));
        Kept { files: Mutex::default(), previous }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, FxHashMap<String, Read>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, path: &str) -> std::io::Result<Arc<[u8]>> {
        if let Some((_, _, content)) = self.lock().get(path) {
            return Ok(Arc::clone(content));
        }
        let about = std::fs::metadata(native(path))?;
        let (time, number) = (about.mtime(), about.ino());
        let before = self.previous.as_ref().and_then(|previous| previous.lock().get(path).cloned());
        let content = match before {
            Some((known_time, known_number, content)) if (known_time, known_number) == (time, number) => content,
            _ => std::fs::read(native(path))?.into(),
        };
        self.lock().insert(path.to_owned(), (time, number, Arc::clone(&content)));
        Ok(content)
    }
}

impl Files {
    /// The same, read anew each time: for names that variables make.
    #[must_use]
    pub fn fresh(&self) -> Files {
        Files { prefix: self.prefix.clone(), kept: None }
    }

    /// The full name, as `ngx_conf_full_name` makes it.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        if name.starts_with('/') { name.to_owned() } else { format!("{}{name}", self.prefix) }
    }

    /// A file's content, or what follows `data:`.
    ///
    /// # Errors
    /// What OpenSSL says when it cannot open a file.
    pub fn read(&self, name: &str) -> Result<Arc<[u8]>, String> {
        if let Some(data) = name.strip_prefix("data:") {
            return Ok(crate::syntax::encode(data).into());
        }
        let path = self.path(name);
        let content = match &self.kept {
            Some(kept) => kept.read(&path),
            None => std::fs::read(native(&path)).map(Arc::from),
        };
        content.map_err(|error| {
            let number = error.raw_os_error().unwrap_or(0);
            let text = error.to_string();
            let words = text.split(" (os error").next().unwrap_or_default();
            let missing = if number == 2 { " error:10000080:BIO routines::no such file" } else { "" };
            let calling = format!("calling fopen({path}, r)");
            format!(
                "BIO_new_file() failed (SSL: error:{:08X}:system library::{words}:{calling}{missing})",
                0x8000_0000_u32 | number.cast_unsigned()
            )
        })
    }

    /// The certificates of a file, the first being its owner's.
    ///
    /// # Errors
    /// The end of nginx's `cannot load certificate "x": `.
    pub fn certificates(&self, name: &str) -> Result<Vec<CertificateDer<'static>>, String> {
        let content = self.read(name)?;
        let found: Vec<CertificateDer> = trusted_too(&content);
        if found.is_empty() {
            const SAID: &str = "error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE";
            return Err(format!("PEM_read_bio_X509_AUX() failed (SSL: {SAID})"));
        }
        Ok(found)
    }

    /// The revocation lists of a file.
    ///
    /// # Errors
    /// The end of nginx's `cannot load CRL "x": `.
    pub fn revocations(&self, name: &str) -> Result<Vec<CertificateRevocationListDer<'static>>, String> {
        let content = self.read(name)?;
        let found: Vec<_> = CertificateRevocationListDer::pem_slice_iter(&content).flatten().collect();
        if found.is_empty() {
            const SAID: &str = "error:0480006C:PEM routines::no start line:Expecting: X509 CRL";
            return Err(format!("PEM_read_bio_X509_CRL() failed (SSL: {SAID})"));
        }
        Ok(found)
    }

    /// The key of a file, with passwords to try if it is encrypted, and whether it is.
    ///
    /// # Errors
    /// The end of nginx's `cannot load certificate key "x": `.
    pub fn key(&self, name: &str, passwords: &[Vec<u8>]) -> Result<(Arc<dyn SigningKey>, bool), String> {
        let name = name.strip_prefix(STORE).unwrap_or(name);
        if name.starts_with("engine:") || name.starts_with("store:") {
            return Err("keys outside of files are not supported".to_owned());
        }
        let content = self.read(name)?;
        let decrypted = super::encrypted::decrypt(&content, passwords);
        let encrypted = decrypted.is_some();
        let der = match decrypted {
            Some(decrypted) => decrypted?,
            None => PrivateKeyDer::from_pem_slice(&content).map_err(|_| {
                const SAID: &str =
                    "error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM";
                format!("PEM_read_bio_PrivateKey() failed (SSL: {SAID})")
            })?,
        };
        let key = sign::any_supported_type(&der).map_err(|error| format!("unsupported key: {error}"))?;
        Ok((key, encrypted))
    }

    /// A name as messages have it.
    #[must_use]
    pub fn shown(&self, name: &str) -> String {
        if name.starts_with("data:") { name.to_owned() } else { self.path(name) }
    }

    /// A certificate with its key. The first certificate of the file is the owner's, the others go along.
    ///
    /// # Errors
    /// nginx's message.
    pub fn pair(&self, certificate: &str, key: &str, passwords: &[Vec<u8>]) -> Result<CertifiedKey, String> {
        let shown = |name: &str| self.shown(name);
        let chain = self.certificates(certificate);
        let chain = chain.map_err(|why| format!("cannot load certificate \"{}\": {why}", shown(certificate)))?;
        let signing = self.key(key, passwords);
        let (signing, _) = signing.map_err(|why| format!("cannot load certificate key \"{}\": {why}", shown(key)))?;
        paired(chain, signing, &shown(certificate), &shown(key))
    }

    /// The passwords of a file, one a line.
    ///
    /// # Errors
    /// The system's refusal.
    pub fn passwords(&self, name: &str) -> Result<Vec<Vec<u8>>, String> {
        let content = std::fs::read(native(&self.path(name))).map_err(|error| error.to_string())?;
        let lines = content.split(|byte| *byte == b'\n');
        Ok(lines
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec())
            .filter(|line| !line.is_empty())
            .collect())
    }
}

/// What stands before the name of a file in OpenSSL's store.
const STORE: &str = "store:file:";

/// A certificate with its key, if they go together; `certificate` and `key` are their names in messages.
pub fn paired(
    chain: Vec<CertificateDer<'static>>,
    signing: Arc<dyn SigningKey>,
    certificate: &str,
    key: &str,
) -> Result<CertifiedKey, String> {
    let (_, own) = X509Certificate::from_der(&chain[0])
        .map_err(|_| format!("cannot load certificate \"{certificate}\": it is no X.509 certificate"))?;
    if signing.public_key().is_some_and(|public| &*public != own.public_key().raw) {
        const SAID: &str = "error:05800074:x509 certificate routines::key values mismatch";
        return Err(format!("SSL_CTX_use_PrivateKey(\"{key}\") failed (SSL: {SAID})"));
    }
    Ok(CertifiedKey::new(chain, signing))
}

pub fn native(path: &str) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(crate::syntax::encode(path)).into()
}

/// Certificates, those of a `TRUSTED CERTIFICATE` without what stands behind them about trust.
fn trusted_too(content: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut text = String::from_utf8_lossy(content).replace("TRUSTED CERTIFICATE-----", "CERTIFICATE-----");
    text = text.replace("X509 CERTIFICATE-----", "CERTIFICATE-----");
    let read = CertificateDer::pem_slice_iter(text.as_bytes()).flatten();
    read.filter_map(|der| Some(CertificateDer::from(super::der::element(&der)?.0.whole.to_vec()))).collect()
}
