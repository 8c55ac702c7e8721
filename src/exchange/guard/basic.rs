//! `auth_basic`: names and passwords from a file that is read for each request, as in `ngx_http_auth_basic_module.c`.

use super::{Verdict, crypt};
use crate::config::{Config, ScopeId, Text};
use crate::exchange::files::Unread;
use crate::exchange::notes::Importance;
use crate::exchange::site::{Builder, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::{Template, basic_credentials};

/// `auth_basic` and `auth_basic_user_file` of one location.
#[derive(Debug)]
pub(super) struct Basic {
    realm: Template,
    file: Template,
    /// What stands before a relative name.
    prefix: Vec<u8>,
}

impl Basic {
    /// What holds in a scope; none where no password is asked for.
    pub fn compile(config: &Config, scope: ScopeId, builder: &mut Builder) -> Option<Basic> {
        let text = |name| config.effective(scope, name).map(|set| Text::read(set.arg(1)).unwrap_or_default());
        let (realm, file) = (text("auth_basic")?, text("auth_basic_user_file")?);
        let prefix = crate::syntax::encode(&builder.target.paths.conf_prefix());
        Some(Basic { realm: builder.template(&realm), file: builder.template(&file), prefix })
    }

    /// `ngx_http_auth_basic_handler`
    pub fn judge(&self, site: &Site, exchange: &mut Exchange) -> Verdict {
        let Some(realm) = self.realm.try_eval(site, exchange) else { return Verdict::Refused(500) };
        let realm = exchange.text(site, realm).to_vec();
        if realm == b"off" {
            return Verdict::Declined;
        }
        let Some((user, password)) = basic_credentials(exchange) else {
            exchange.say(Importance::Info, &[b"no user/password was provided for basic authentication"]);
            return challenge(exchange, &realm);
        };
        let Some(file) = self.file.try_eval(site, exchange) else { return Verdict::Refused(500) };
        let mut path = exchange.text(site, file).to_vec();
        if path.first() != Some(&b'/') {
            path.splice(0..0, self.prefix.iter().copied());
        }
        let read = site.files.as_ref().map_or(Err(Unread::Missing), |files| files.read(&path));
        match read {
            Err(Unread::Missing) => {
                let why: &[u8] = b"\" failed (2: No such file or directory)";
                exchange.say(Importance::Error, &[b"open() \"", &path, why]);
                Verdict::Refused(403)
            }
            Err(Unread::Refused) => Verdict::Refused(500),
            Ok(content) => match kept_for(&content, &user) {
                Some(kept) if crypt::fits(&password, kept) => Verdict::Passed,
                Some(_) => {
                    exchange.say(Importance::Error, &[b"user \"", &user, b"\": password mismatch"]);
                    challenge(exchange, &realm)
                }
                None => {
                    exchange.say(Importance::Error, &[b"user \"", &user, b"\" was not found in \"", &path, b"\""]);
                    challenge(exchange, &realm)
                }
            },
        }
    }
}

/// `ngx_http_auth_basic_set_realm`
fn challenge(exchange: &mut Exchange, realm: &[u8]) -> Verdict {
    let to_proxy = exchange.request.method() == b"CONNECT";
    let name: &[u8] = if to_proxy { b"Proxy-Authenticate" } else { b"WWW-Authenticate" };
    exchange.challenges.push_with(name, |out| {
        out.extend_from_slice(b"Basic realm=\"");
        out.extend_from_slice(realm);
        out.push(b'"');
    });
    Verdict::Refused(if to_proxy { 407 } else { 401 })
}

/// The password that a file has for a user: `user:password`, and whatever after another colon.
fn kept_for<'f>(content: &'f [u8], user: &[u8]) -> Option<&'f [u8]> {
    let kept = content.split(|byte| *byte == b'\n').find_map(|line| {
        let is_line = !matches!(line.first(), None | Some(b'#' | b'\r'));
        line.strip_prefix(user).filter(|_| is_line)?.strip_prefix(b":")
    })?;
    kept.split(|byte| matches!(byte, b':' | b'\r' | 0)).next()
}

#[cfg(test)]
mod tests {
    use super::kept_for;

    #[test]
    fn lines() {
        let file = b"#a:no\n\na b:1\na:2:comment\r\nb:3\r\na:4\nlast:5";
        let cases: [(&[u8], Option<&[u8]>); 7] = [
            (b"a", Some(b"2")),
            (b"a b", Some(b"1")),
            (b"b", Some(b"3")),
            (b"last", Some(b"5")),
            (b"#a", None),
            (b"las", None),
            (b"", None),
        ];
        for (user, want) in cases {
            assert_eq!(kept_for(file, user), want, "{user:?}");
        }
    }
}
