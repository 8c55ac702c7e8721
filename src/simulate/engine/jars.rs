//! The cookies of the trace's sessions: a browser keeps what it is given and sends it back.

use rustc_hash::FxHashMap;

/// The cookies of all sessions.
#[derive(Debug, Default)]
pub struct Jars {
    by_session: FxHashMap<Box<[u8]>, u32>,
    jars: Vec<Jar>,
}

/// One session.
#[derive(Debug)]
struct Jar {
    name: Box<[u8]>,
    cookies: Vec<(Box<str>, Box<[u8]>)>,
}

impl Jars {
    /// The jar of a session.
    pub fn of(&mut self, session: &[u8]) -> u32 {
        if let Some(jar) = self.by_session.get(session) {
            return *jar;
        }
        let number = self.jars.len() as u32;
        self.jars.push(Jar { name: session.into(), cookies: Vec::new() });
        self.by_session.insert(session.into(), number);
        number
    }

    /// The session's name.
    #[must_use]
    pub fn name(&self, jar: u32) -> &[u8] {
        &self.jars[jar as usize].name
    }

    /// A cookie's value.
    #[must_use]
    pub fn get(&self, jar: u32, name: &str) -> Option<&[u8]> {
        let cookies = &self.jars[jar as usize].cookies;
        cookies.iter().find(|(known, _)| &**known == name).map(|(_, value)| &**value)
    }

    /// Keeps a cookie.
    pub fn keep(&mut self, jar: u32, name: &str, value: &[u8]) {
        let cookies = &mut self.jars[jar as usize].cookies;
        match cookies.iter_mut().find(|(known, _)| &**known == name) {
            Some((_, old)) => *old = value.into(),
            None => cookies.push((name.into(), value.into())),
        }
    }

    /// Writes the `Cookie` header that the session sends, after what `header` has already.
    pub fn write(&self, jar: u32, header: &mut Vec<u8>) {
        for (name, value) in &self.jars[jar as usize].cookies {
            if !header.is_empty() {
                header.extend_from_slice(b"; ");
            }
            header.extend_from_slice(name.as_bytes());
            header.push(b'=');
            header.extend_from_slice(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_and_sent_back() {
        let mut jars = Jars::default();
        let (a, b) = (jars.of(b"a"), jars.of(b"b"));
        assert_eq!((jars.of(b"a"), jars.name(b)), (a, &b"b"[..]));
        jars.keep(a, "x", b"1");
        jars.keep(a, "y", b"2");
        jars.keep(a, "x", b"3");
        let mut header = b"own=0".to_vec();
        jars.write(a, &mut header);
        assert_eq!(header, b"own=0; x=3; y=2");
        assert_eq!((jars.get(a, "y"), jars.get(b, "y")), (Some(&b"2"[..]), None));
    }
}
