//! Certificates and keys that variables name, read when they are needed: `ssl_certificate_cache` and its kin
//! (`ngx_ssl_cache_connection_fetch`). Certificate and key count as one object each; a key that needed a password is
//! never kept.

use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SigningKey};

use super::pem::{Files, native, paired};
use crate::modules::shared::proxy_ssl::CertificateCache;

/// Reads certificates by name.
#[derive(Debug)]
pub struct Loader {
    files: Files,
    passwords: Vec<Vec<u8>>,
    cache: Option<(CertificateCache, Mutex<Objects>)>,
}

/// What is kept, by name and whether it is a key.
type Objects = FxHashMap<(String, bool), Kept>;

#[derive(Debug, Clone)]
enum Object {
    Chain(Vec<CertificateDer<'static>>),
    Key(Arc<dyn SigningKey>),
}

/// A certificate with those that go along, and a key.
type Loaded = (Vec<CertificateDer<'static>>, Arc<dyn SigningKey>);

#[derive(Debug)]
struct Kept {
    object: Object,
    /// Seconds of the last reading and of the last use.
    created: u64,
    accessed: u64,
    /// Uses, to know the oldest within one second.
    turn: u64,
    /// What tells whether the file has changed.
    file: Option<(i64, u64)>,
}

impl Loader {
    /// For the certificates of one scope.
    #[must_use]
    pub fn new(files: Files, passwords: Vec<Vec<u8>>, cache: Option<CertificateCache>) -> Loader {
        Loader { files, passwords, cache: cache.map(|cache| (cache, Mutex::default())) }
    }

    /// A certificate with its key; `now` is in seconds.
    ///
    /// # Errors
    /// nginx's message.
    pub fn pair(&self, certificate: &str, key: &str, now: u64) -> Result<CertifiedKey, String> {
        let (chain, signing) = self.load(certificate, key, now, false)?;
        let shown = (self.files.shown(certificate), self.files.shown(key));
        paired(chain, signing, &shown.0, &shown.1).or_else(|_| {
            // One may have been read before the other was written anew.
            let (chain, signing) = self.load(certificate, key, now, true)?;
            paired(chain, signing, &shown.0, &shown.1)
        })
    }

    fn load(&self, certificate: &str, key: &str, now: u64, anew: bool) -> Result<Loaded, String> {
        let chain = self.fetch(certificate, false, now, anew);
        let chain =
            chain.map_err(|why| format!("cannot load certificate \"{}\": {why}", self.files.shown(certificate)))?;
        let signing = self.fetch(key, true, now, anew);
        let signing =
            signing.map_err(|why| format!("cannot load certificate key \"{}\": {why}", self.files.shown(key)))?;
        match (chain, signing) {
            (Object::Chain(chain), Object::Key(signing)) => Ok((chain, signing)),
            _ => Err(String::new()),
        }
    }

    /// Reads an object; whether it may be kept.
    fn create(&self, name: &str, is_key: bool) -> Result<(Object, bool), String> {
        if is_key {
            let (key, encrypted) = self.files.key(name, &self.passwords)?;
            return Ok((Object::Key(key), !encrypted));
        }
        Ok((Object::Chain(self.files.certificates(name)?), true))
    }

    fn fetch(&self, name: &str, is_key: bool, now: u64, anew: bool) -> Result<Object, String> {
        let Some((limits, objects)) = &self.cache else { return self.create(name, is_key).map(|(object, _)| object) };
        let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = objects.values().map(|kept| kept.turn).max().map_or(0, |last| last + 1);
        let id = (name.to_owned(), is_key);
        let file = self.file(name);
        if let Some(kept) = objects.get_mut(&id) {
            let is_young = now.saturating_sub(kept.created) <= limits.valid;
            let is_same = name.starts_with("data:") || (!anew && (is_young || (file.is_some() && file == kept.file)));
            if is_same {
                if !is_young {
                    kept.created = now;
                }
                (kept.accessed, kept.turn) = (now, turn);
                return Ok(kept.object.clone());
            }
            objects.remove(&id);
        }
        let (object, keeps) = self.create(name, is_key)?;
        if keeps {
            let most = usize::try_from(limits.max).unwrap_or(usize::MAX);
            expire(&mut objects, now, limits.inactive, false);
            if objects.len() >= most {
                expire(&mut objects, now, limits.inactive, true);
            }
            let kept = Kept { object: object.clone(), created: now, accessed: now, turn, file };
            objects.insert(id, kept);
        }
        Ok(object)
    }

    /// Seconds and number of a file.
    fn file(&self, name: &str) -> Option<(i64, u64)> {
        if name.starts_with("data:") {
            return None;
        }
        let about = std::fs::metadata(native(&self.files.path(name))).ok()?;
        Some((about.mtime(), about.ino()))
    }
}

/// Drops up to two objects that were not used for long, and with `forced` the oldest before them.
fn expire(objects: &mut Objects, now: u64, inactive: u64, forced: bool) {
    for n in usize::from(!forced)..3 {
        let Some((id, oldest)) = objects.iter().min_by_key(|(_, kept)| kept.turn) else { return };
        if n > 0 && now.saturating_sub(oldest.accessed) <= inactive {
            return;
        }
        let id = id.clone();
        objects.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::tls::tests::files;

    /// Copies a pair of `testdata/tls` under another name.
    fn put(folder: &tempfile::TempDir, from: &str, to: &str) {
        for end in ["crt", "key"] {
            let new = folder.path().join(format!("{to}.{end}"));
            std::fs::copy(files().path(&format!("{from}.{end}")), &new).unwrap();
        }
    }

    #[test]
    fn what_was_read_is_kept_as_long_as_it_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = format!("{}/", folder.path().display());
        let cache = CertificateCache { max: 4, inactive: 10, valid: 2 };
        let loader = Loader::new(Files { prefix, kept: None }, Vec::new(), Some(cache));
        let load = |name: &str, now| loader.pair(&format!("{name}.crt"), &format!("{name}.key"), now);
        for name in ["a", "b", "c"] {
            put(&folder, "names", name);
        }
        assert!(load("a", 0).is_ok());
        std::fs::remove_file(folder.path().join("a.crt")).unwrap();
        assert!(load("a", 2).is_ok(), "it is still valid");
        assert!(load("b", 2).is_ok() && load("c", 2).is_ok());
        let gone = load("a", 2).unwrap_err();
        assert!(gone.starts_with("cannot load certificate \"/"), "it made room, as four are kept: {gone}");
        std::fs::remove_file(folder.path().join("b.crt")).unwrap();
        assert!(load("b", 4).is_ok());
        assert!(load("b", 5).is_err(), "its time is over");
        assert!(load("c", 5).is_ok(), "its time is over, but the file is the same");
    }
}
