//! Sessions that clients may take up again: kept here (`ssl_session_cache`), or by the clients (`ssl_session_tickets`).
//!
//! A session belongs to the server it was made with: its context, as in nginx, is a digest of the certificates and of
//! the authorities that clients are verified with. nginx drops sessions after `ssl_session_timeout`; so it is here.
//! Keys for tickets that come from no file change as often, as nginx's in a shared zone do, and open what they sealed
//! as long as it may be taken up.

use std::sync::{Arc, Mutex, PoisonError};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use rustc_hash::FxHashMap;
use rustls::server::{ProducesTickets, ServerSessionMemoryCache, StoresServerSessions};
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};

/// Bytes of a name of a ticket's key.
const NAME: usize = 16;

/// The shared zones of sessions, by name; what is kept from one configuration to the next.
#[derive(Debug, Default)]
pub struct Sessions {
    zones: Mutex<FxHashMap<String, Arc<Zone>>>,
}

/// Where sessions are kept, and the keys that tickets are sealed with.
#[derive(Debug)]
pub struct Zone {
    cache: Option<Arc<ServerSessionMemoryCache>>,
    keys: Keys,
    clock: Arc<dyn TimeProvider>,
}

/// The first key seals, all of them open.
#[derive(Debug)]
enum Keys {
    /// From files.
    Fixed(Vec<Arc<TicketKey>>),
    /// Made up, the newest first, each with the second in which it was made.
    Changing(Mutex<Vec<(u64, Arc<TicketKey>)>>),
}

impl Keys {
    fn sealing(&self, now: u64, timeout: u64) -> Option<Arc<TicketKey>> {
        let keys = match self {
            Keys::Fixed(keys) => return keys.first().cloned(),
            Keys::Changing(keys) => keys,
        };
        let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.first().is_none_or(|(since, _)| now >= since.saturating_add(timeout)) {
            keys.insert(0, (now, Arc::new(TicketKey::random()?)));
            // What the one before sealed last is good for one timeout more.
            keys.truncate(2);
        }
        keys.first().map(|(_, key)| key.clone())
    }

    fn named(&self, name: &[u8; NAME]) -> Option<Arc<TicketKey>> {
        match self {
            Keys::Fixed(keys) => keys.iter().find(|key| key.name == *name).cloned(),
            Keys::Changing(keys) => {
                let keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
                keys.iter().find(|(_, key)| key.name == *name).map(|(_, key)| key.clone())
            }
        }
    }
}

/// A key for tickets.
pub struct TicketKey {
    name: [u8; NAME],
    key: LessSafeKey,
}

impl std::fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TicketKey")
    }
}

impl TicketKey {
    /// A key of 48 or 80 bytes, as `ssl_session_ticket_key` has it: the first 16 are its name.
    #[must_use]
    pub fn read(content: &[u8]) -> Option<TicketKey> {
        let name = content.first_chunk::<NAME>().filter(|_| matches!(content.len(), 48 | 80))?;
        let secret = ring::digest::digest(&ring::digest::SHA256, &content[NAME..]);
        TicketKey::new(*name, secret.as_ref())
    }

    fn random() -> Option<TicketKey> {
        let mut bytes = [0; NAME + 32];
        SystemRandom::new().fill(&mut bytes).ok()?;
        let (name, secret) = bytes.split_first_chunk::<NAME>()?;
        TicketKey::new(*name, secret)
    }

    fn new(name: [u8; NAME], secret: &[u8]) -> Option<TicketKey> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, secret).ok()?);
        Some(TicketKey { name, key })
    }

    fn seal(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut sealed = plain.to_vec();
        let sealing = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(sealing, Aad::from(&self.name), &mut sealed).ok()?;
        Some([&self.name, nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = sealed.to_vec();
        let opening = Nonce::assume_unique_for_key(*nonce);
        let length = self.key.open_in_place(opening, Aad::from(&self.name), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

impl Sessions {
    /// The zone of a name, made at first use for as many sessions as nginx has room for in so many bytes.
    pub fn shared(&self, name: &str, size: u64) -> Arc<Zone> {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        let zone = zones.entry(name.to_owned());
        zone.or_insert_with(|| Arc::new(Zone::new(Some((size / 256) as usize)))).clone()
    }
}

impl Zone {
    /// A zone for so many sessions, or for tickets only, which makes keys for itself.
    #[must_use]
    pub fn new(sessions: Option<usize>) -> Zone {
        let keys = Keys::Changing(Mutex::default());
        let cache = sessions.map(|sessions| ServerSessionMemoryCache::new(sessions.max(1)));
        Zone { cache, keys, clock: Arc::new(DefaultTimeProvider) }
    }

    /// The same sessions, with other keys for tickets.
    #[must_use]
    pub fn with_keys(&self, keys: Vec<TicketKey>) -> Zone {
        let keys = Keys::Fixed(keys.into_iter().map(Arc::new).collect());
        Zone { cache: self.cache.clone(), keys, clock: self.clock.clone() }
    }

    /// Whether it keeps sessions.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.cache.is_some()
    }

    fn now(&self) -> u64 {
        self.clock.current_time().map_or(0, |now| now.as_secs())
    }
}

/// The sessions of one server in a zone.
#[derive(Debug)]
pub struct Own {
    /// Where they are.
    pub zone: Arc<Zone>,
    /// Whose they are.
    pub context: [u8; 20],
    /// Seconds that they live.
    pub timeout: u64,
}

impl Own {
    fn stamp(&self, value: &[u8]) -> Vec<u8> {
        [&self.zone.now().to_be_bytes(), self.context.as_slice(), value].concat()
    }

    fn check(&self, stamped: &[u8]) -> Option<Vec<u8>> {
        let (time, rest) = stamped.split_first_chunk::<8>()?;
        let value = rest.strip_prefix(self.context.as_slice())?;
        let age = self.zone.now().checked_sub(u64::from_be_bytes(*time))?;
        (age <= self.timeout).then(|| value.to_vec())
    }
}

impl StoresServerSessions for Own {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.zone.cache.as_ref().is_some_and(|cache| cache.put(key, self.stamp(&value)))
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.check(&self.zone.cache.as_ref()?.get(key)?)
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.check(&self.zone.cache.as_ref()?.take(key)?)
    }

    fn can_cache(&self) -> bool {
        self.zone.keeps()
    }
}

impl ProducesTickets for Own {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        self.timeout.min(u64::from(u32::MAX)) as u32
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.zone.keys.sealing(self.zone.now(), self.timeout)?.seal(&self.stamp(plain))
    }

    fn decrypt(&self, cipher: &[u8]) -> Option<Vec<u8>> {
        let (name, sealed) = cipher.split_first_chunk::<NAME>()?;
        let key = self.zone.keys.named(name)?;
        self.check(&key.open(sealed)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(zone: &Arc<Zone>, context: u8, timeout: u64) -> Own {
        Own { zone: zone.clone(), context: [context; 20], timeout }
    }

    /// A clock that stands where it was set.
    #[derive(Debug)]
    struct At(u64);

    impl TimeProvider for At {
        fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
            Some(rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(self.0)))
        }
    }

    #[test]
    fn tickets_belong_to_a_server_and_age() {
        let key = || vec![TicketKey::read(&[b'1'; 48]).unwrap()];
        let zone = |now| Arc::new(Zone { clock: Arc::new(At(now)), ..Zone::new(None).with_keys(key()) });
        let ticket = own(&zone(100), 1, 5).encrypt(b"plain").unwrap();
        assert_eq!(own(&zone(105), 1, 5).decrypt(&ticket).as_deref(), Some(&b"plain"[..]));
        assert_eq!(own(&zone(106), 1, 5).decrypt(&ticket), None);
        assert_eq!(own(&zone(105), 2, 5).decrypt(&ticket), None);
        let other = Arc::new(Zone::new(None).with_keys(vec![TicketKey::read(&[b'2'; 48]).unwrap()]));
        assert_eq!(own(&other, 1, 5).decrypt(&ticket), None);
        let mut broken = ticket;
        broken[40] ^= 1;
        assert_eq!(own(&zone(105), 1, 5).decrypt(&broken), None);
    }

    #[test]
    fn keys_change() {
        let keys = Keys::Changing(Mutex::default());
        let name = |now| keys.sealing(now, 10).unwrap().name;
        let first = name(100);
        assert_eq!(name(109), first);
        let second = name(110);
        assert_ne!(second, first);
        assert!(keys.named(&first).is_some());
        name(120);
        assert!(keys.named(&first).is_none() && keys.named(&second).is_some());
    }

    #[test]
    fn keys_have_their_lengths() {
        assert!(TicketKey::read(&[0; 48]).is_some() && TicketKey::read(&[0; 80]).is_some());
        assert!(TicketKey::read(&[0; 64]).is_none());
    }

    #[test]
    fn zones_of_a_name_are_one() {
        let sessions = Sessions::default();
        let (first, again) = (sessions.shared("a", 1 << 20), sessions.shared("a", 1 << 20));
        assert!(own(&first, 1, 300).put(vec![1], vec![2]));
        assert_eq!(own(&again, 1, 300).get(&[1]), Some(vec![2]));
        assert_eq!(own(&again, 2, 300).get(&[1]), None);
        assert_eq!(own(&again, 1, 300).take(&[1]), Some(vec![2]));
        assert_eq!(own(&again, 1, 300).take(&[1]), None);
    }
}
