//! The third-party module set-misc: `set_*` directives that compute a variable's value.

use super::{devel_kit, variable};
use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["set-misc"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("set_misc_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("set_base32_alphabet", "http server location server-if location-if", "1", Custom(alphabet), "1.0.0", "0123456789abcdefghijklmnopqrstuv",
        "Sets the 32 characters with which base32 values are written."),
    d("set_base32_padding", "http server location server-if location-if", "flag", Flag, "1.0.0", "on",
        "Pads base32 values with equals signs, or leaves them unpadded."),
    d("set_decode_base32", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to the text that a base32 value stands for."),
    d("set_decode_base64", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to the text that a base64 value stands for."),
    d("set_decode_base64url", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to the text that a base64url value stands for."),
    d("set_decode_hex", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to the text that a value in hexadecimal digits stands for."),
    d("set_encode_base32", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value in base32."),
    d("set_encode_base64", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value in base64."),
    d("set_encode_base64url", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value in base64url."),
    d("set_encode_hex", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value in hexadecimal digits."),
    d("set_escape_uri", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value with the characters escaped that a URI may not hold."),
    d("set_formatted_gmt_time", "http server location server-if location-if", "2", Custom(set), "1.0.0", "",
        "Sets a variable to the present time in GMT, in a strftime format."),
    d("set_formatted_local_time", "http server location server-if location-if", "2", Custom(set), "1.0.0", "",
        "Sets a variable to the present local time, in a strftime format."),
    d("set_hashed_upstream", "http server location server-if location-if", "3", Custom(set_hashed_upstream), "1.0.0", "",
        "Sets a variable to the member of an upstream list that a key hashes to."),
    d("set_hmac_sha1", "http server location server-if location-if", "3", Custom(set), "1.0.0", "",
        "Sets a variable to the SHA-1 HMAC of a value under a secret key."),
    d("set_hmac_sha256", "http server location server-if location-if", "3", Custom(set), "1.0.0", "",
        "Sets a variable to the SHA-256 HMAC of a value under a secret key."),
    d("set_if_empty", "http server location server-if location-if", "2", Custom(set), "1.0.0", "",
        "Gives a variable a value if it has none yet."),
    d("set_local_today", "http server location server-if location-if", "1", Custom(set), "1.0.0", "",
        "Sets a variable to the local date of today, as in 2026-11-21."),
    d("set_md5", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to the MD5 digest of a value."),
    d("set_misc_base32_padding", "http server location server-if location-if", "flag", Flag, "1.0.0", "on",
        "Pads base32 values with equals signs; the older name of set_base32_padding."),
    d("set_quote_json_str", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value quoted as a JSON string."),
    d("set_quote_pgsql_str", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value quoted as a PostgreSQL string."),
    d("set_quote_sql_str", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value quoted as a MySQL string."),
    d("set_random", "http server location server-if location-if", "3", Custom(set), "1.0.0", "",
        "Sets a variable to a random number between two bounds."),
    d("set_rotate", "http server location server-if location-if", "3", Custom(set), "1.0.0", "",
        "Sets a variable to the next number of a range at each request, per location."),
    d("set_secure_random_alphanum", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to some random letters and digits."),
    d("set_secure_random_lcalpha", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to some random lower-case letters."),
    d("set_sha1", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to the SHA-1 digest of a value."),
    d("set_unescape_uri", "http server location server-if location-if", "1 2", Custom(set), "1.0.0", "",
        "Sets a variable to a value with the escapes of URIs resolved."),
];

/// How many characters a base32 alphabet has.
const ALPHABET: usize = 32;

fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let name = variable::define(cx, call, 1)?;
    cx.index_of_variable(&name, call.span(1))?;
    for word in call.args().iter().skip(1) {
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn set_hashed_upstream(cx: &mut Cx, call: &Call) -> Verdict {
    if !call.arg(2).contains('$') && !devel_kit::knows(cx, call.arg(2)) {
        let list = call.arg(2);
        let message = format!("set_hashed_upstream: upstream list \"{list}\" not defined yet");
        return Err(Fault::error(message).at(call.span(2)).unlocated());
    }
    set(cx, call)
}

fn alphabet(cx: &mut Cx, call: &Call) -> Verdict {
    let length = call.arg(1).len();
    if length != ALPHABET {
        return Err(Fault::emerg(format!(
            "\"set_base32_alphabet\" directive takes an alphabet of {length} bytes but {ALPHABET} expected"
        ))
        .at(call.span(1)));
    }
    cx.once(call)?;
    cx.keep(call, Value::Words);
    Ok(())
}
