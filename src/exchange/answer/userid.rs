//! Cookies that make clients known again: `ngx_http_userid_filter_module.c`. `$uid_got` and `$uid_set` have their values
//! from when the answer begins. nginx's messages on bad cookies are left out.

use super::filter::{Filtering, Refused};
use crate::config::{ScopeId, Value, values};
use crate::exchange::notes::{Importance, Note};
use crate::exchange::request::{Slice, cookie};
use crate::exchange::site::Builder;
use crate::exchange::state::Exchange;
use crate::exchange::value::{Template, base64_encode, cookie_time, decode_base64};
use crate::syntax::{decode, encode};

/// `userid` and its kin of one location.
#[derive(Debug)]
pub struct UseridTerms {
    /// A cookie is set; otherwise it is only read.
    issues: bool,
    /// The first version of the cookie.
    first: bool,
    service: Option<u32>,
    name: Box<[u8]>,
    /// Path, domain, flags.
    attributes: Box<[u8]>,
    /// Seconds; none for the session, 0 for ever.
    expires: Option<u64>,
    p3p: Box<[u8]>,
    mark: Option<u8>,
    reset: Template,
}

/// As far in the future as `userid_expires max` goes.
const FOR_EVER: &str = "; expires=Thu, 31-Dec-37 23:55:55 GMT";

impl UseridTerms {
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Option<UseridTerms> {
        let config = builder.config;
        let text = |name, default| config.effective(scope, name).map_or(default, |set| set.arg(1));
        let given = |name| Some(text(name, "none")).filter(|text| !text.is_empty() && *text != "none");
        let how = text("userid", "off");
        if how == "off" {
            return None;
        }
        let mut attributes = String::new();
        if let Some(domain) = given("userid_domain") {
            attributes.push_str("; domain=");
            attributes.push_str(domain);
        }
        attributes.push_str("; path=");
        attributes.push_str(text("userid_path", "/"));
        let flags = match config.effective(scope, "userid_flags").map(|set| &set.value) {
            Some(Value::Mask(flags)) => *flags,
            _ => 0,
        };
        for (bit, word) in FLAGS {
            if flags & bit != 0 {
                attributes += word;
            }
        }
        let service = config.effective(scope, "userid_service").map(|set| &set.value);
        Some(UseridTerms {
            issues: how != "log",
            first: how == "v1",
            service: match service {
                Some(Value::Number(number)) => Some(*number as u32),
                _ => None,
            },
            name: encode(text("userid_name", "uid")).into(),
            attributes: encode(&attributes).into(),
            expires: match text("userid_expires", "off") {
                "off" => None,
                "max" => Some(0),
                time => values::sec(time).filter(|time| *time > 0),
            },
            p3p: given("userid_p3p").map(|p3p| encode(p3p).into()).unwrap_or_default(),
            mark: Some(text("userid_mark", "off")).filter(|mark| *mark != "off").and_then(|mark| mark.bytes().next()),
            reset: builder.template(&crate::config::Text(vec![crate::config::Part::Variable("uid_reset".to_owned())])),
        })
    }
}

/// nginx's bits for the flags, in the order in which it writes them.
const FLAGS: &[(u32, &str)] =
    &[(2, "; secure"), (4, "; httponly"), (16, "; samesite=strict"), (32, "; samesite=lax"), (64, "; samesite=none")];

/// What is known of a client: four numbers, as they lie in memory.
type Uid = [u32; 4];

/// What a new cookie is to say.
#[derive(Debug, Default, Clone, Copy)]
pub struct Known {
    uid: Option<Uid>,
    /// The cookie as it came, where it is only marked anew.
    marked: Option<Slice>,
}

/// Reads the cookie and decides on a new one.
pub fn know(it: &mut Filtering) -> Result<(), Refused> {
    it.exchange.uid = Known::default();
    let Some(terms) = it.terms.userid.as_deref() else { return Ok(()) };
    let request = &it.exchange.request;
    let found = request.values(b"cookie").find_map(|header| {
        let (from, length) = cookie(request.get(header), &terms.name)?;
        Some(header.part(from, length))
    });
    let got = found.and_then(|found| {
        let text = request.get(found);
        let bytes = decode_base64(text.get(..ENCODED)?)?;
        let uid: Uid = std::array::from_fn(|n| word(&bytes[n * 4..]));
        (uid[3] != 0).then_some((uid, found))
    });
    it.exchange.facts.uid[0] = got.map(|(uid, _)| show(it.exchange, terms, uid));
    if !terms.issues {
        return Ok(());
    }
    if let Some((uid, found)) = got {
        let reset = terms.reset.eval(it.site, it.exchange);
        if matches!(it.exchange.text(it.site, reset), b"" | b"0") {
            let text = it.exchange.request.get(found);
            if terms.mark.is_none_or(|mark| text.get(ENCODED..ENCODED + 2) == Some(&[mark, b'='])) {
                return Ok(());
            }
            (it.exchange.uid.uid, it.exchange.uid.marked) = (Some(uid), Some(found.part(0, ENCODED)));
            it.exchange.facts.uid[1] = Some(show(it.exchange, terms, uid));
            return Ok(());
        }
    }
    if let Some((uid, _)) = got {
        note_reset(it, uid);
    }
    let uid = new(it, terms);
    it.exchange.uid.uid = Some(uid);
    it.exchange.facts.uid[1] = Some(show(it.exchange, terms, uid));
    Ok(())
}

/// Says which cookie loses its meaning, where `$uid_reset` asks for that.
fn note_reset(it: &mut Filtering, uid: Uid) {
    let Some(terms) = it.terms.userid.as_deref() else { return };
    let reset = terms.reset.eval(it.site, it.exchange);
    if it.exchange.text(it.site, reset) == b"log" {
        let [a, b, c, d] = uid;
        let name = decode(&terms.name);
        let text = format!("userid cookie \"{name}={a:08X}{b:08X}{c:08X}{d:08X}\" was reset");
        let text = it.exchange.keep(&encode(&text));
        it.exchange.notes.push(Note::Said(Importance::Notice, text));
    }
}

/// The length of 16 bytes in base64, without what fills it up.
const ENCODED: usize = 22;

fn word(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|n| bytes.get(n).copied().unwrap_or_default()))
}

fn show(exchange: &mut Exchange, terms: &UseridTerms, [a, b, c, d]: Uid) -> Slice {
    let name = exchange.request.push(&terms.name);
    let rest = exchange.request.push(format!("={a:08X}{b:08X}{c:08X}{d:08X}").as_bytes());
    Slice { len: name.len + rest.len, ..name }
}

fn new(it: &Filtering, terms: &UseridTerms) -> Uid {
    /// Where nginx begins to count.
    const FIRST: [u32; 2] = [1, 0x0303_0302];
    let (start, count) = ((it.unique >> 32) as u32, it.unique as u32);
    let time = ((it.exchange.epoch + it.exchange.now.0) / 1000) as u32;
    if terms.first {
        return [terms.service.unwrap_or(0), time, start, count.wrapping_mul(0x100).wrapping_add(FIRST[0])];
    }
    let service = match terms.service {
        Some(service) => service.swap_bytes(),
        None => match it.exchange.request.connection.server.map(|server| server.ip()) {
            Some(std::net::IpAddr::V4(v4)) => word(&v4.octets()),
            Some(std::net::IpAddr::V6(v6)) => word(&v6.octets()[12..]),
            None => 0,
        },
    };
    let count = FIRST[1] + (count % 0x00fc_fcfd) * 0x100;
    [service, time.swap_bytes(), start.swap_bytes(), count.swap_bytes()]
}

/// Sets the cookie.
pub fn filter(it: &mut Filtering) -> Result<(), Refused> {
    let (Some(terms), Some(uid)) = (it.terms.userid.as_deref(), it.exchange.uid.uid) else { return Ok(()) };
    let exchange = &*it.exchange;
    it.answer.list.push_with(b"Set-Cookie", |out| {
        out.extend_from_slice(&terms.name);
        out.push(b'=');
        let bytes: Vec<u8> = uid.iter().flat_map(|word| word.to_le_bytes()).collect();
        match exchange.uid.marked {
            Some(marked) => out.extend_from_slice(exchange.request.get(marked)),
            None => out.extend_from_slice(&base64_encode(&bytes).as_bytes()[..ENCODED]),
        }
        out.extend_from_slice(&[terms.mark.unwrap_or(b'='), b'=']);
        match terms.expires {
            None => {}
            Some(0) => out.extend_from_slice(FOR_EVER.as_bytes()),
            Some(seconds) => {
                let until = (exchange.epoch + exchange.now.0) / 1000 + seconds;
                out.extend_from_slice(format!("; expires={}", cookie_time(until as i64)).as_bytes());
            }
        }
        out.extend_from_slice(&terms.attributes);
    });
    if !terms.p3p.is_empty() {
        it.answer.list.push(b"P3P", &terms.p3p);
    }
    Ok(())
}
