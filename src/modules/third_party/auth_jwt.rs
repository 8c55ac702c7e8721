//! The third-party module auth-jwt (not that of NGINX Plus): access by JSON Web Token.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["auth-jwt"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("auth_jwt_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_jwt", "http server location limit_except", "1 2", Custom(auth_jwt), "1.0.0", "off",
        "Requires a valid JSON Web Token, from the Authorization header or a variable, for the given realm."),
    d("auth_jwt_allow_nested", "http server location", "0 1 2", Custom(allow_nested), "1.0.0", "",
        "Lets the names of claims and header parameters reach into nested objects."),
    d("auth_jwt_claim_set", "http", "2", Custom(set), "1.0.0", "",
        "Copies a claim of the token into a variable."),
    d("auth_jwt_header_set", "http", "2", Custom(set), "1.0.0", "",
        "Copies a header parameter of the token into a variable."),
    d("auth_jwt_key_file", "http server location limit_except", "1 2", Custom(key_file), "1.0.0", "",
        "Names the file with the keys, as JWKS or as key and value pairs, that check signatures."),
    d("auth_jwt_key_request", "http server location limit_except", "1 2", Custom(key_request), "1.0.0", "",
        "Fetches the keys that check signatures with a subrequest."),
    d("auth_jwt_leeway", "http server location", "1", Sec, "1.0.0", "0s",
        "Sets the clock difference that is tolerated when times of the token are checked."),
    d("auth_jwt_phase", "http server location", "1", Enum(&["PREACCESS", "ACCESS"]), "1.0.0", "ACCESS",
        "Chooses the phase of request processing in which the token is checked."),
    d("auth_jwt_require", "http server location limit_except", "1+", Custom(require), "1.0.0", "",
        "Adds variables that must be neither empty nor zero for access to be granted."),
    d("auth_jwt_require_claim", "http server location limit_except", "3", Custom(requirement), "1.0.0", "",
        "Requires a claim of the token to compare in the given way with a value."),
    d("auth_jwt_require_header", "http server location limit_except", "3", Custom(requirement), "1.0.0", "",
        "Requires a header parameter of the token to compare in the given way with a value."),
    d("auth_jwt_revocation_list_kid", "http server location limit_except", "1", Custom(revocation), "1.0.0", "",
        "Names the file with the identifiers of keys that are no longer trusted."),
    d("auth_jwt_revocation_list_sub", "http server location limit_except", "1", Custom(revocation), "1.0.0", "",
        "Names the file with the subjects whose tokens are no longer accepted."),
    d("auth_jwt_validate_exp", "http server location limit_except", "1", Flag, "1.0.0", "on",
        "Checks the expiry time of tokens, or accepts expired ones."),
    d("auth_jwt_validate_sig", "http server location limit_except", "1", Flag, "1.0.0", "on",
        "Checks the signatures of tokens, or accepts unsigned ones."),
    d("auth_jwt_www_authenticate", "http server location limit_except", "1", Custom(www_authenticate), "1.0.0", "on",
        "Sets the WWW-Authenticate header of refusals, or leaves it out."),
];

static VARIABLES: &[Variable] = &[
    v("jwt_claim_", "1.0.0").prefix(),
    v("jwt_claims", "1.0.0"),
    v("jwt_header_", "1.0.0").prefix(),
    v("jwt_nowtime", "1.0.0"),
];

/// How a claim may be compared; with `!` before it, the opposite.
const OPERATORS: &[&str] =
    &["eq", "ne", "gt", "ge", "lt", "le", "intersect", "nintersect", "in", "nin", "any", "match"];

fn auth_jwt(cx: &mut Cx, call: &Call) -> Verdict {
    if call.words.len() > 2 && call.arg(1) != "off" {
        let fault = |phrase| Fault::directive(phrase).at(call.span(2));
        let token = call.arg(2).strip_prefix("token=").filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| fault("no token specified"))?;
        let name = token.strip_prefix('$').ok_or_else(|| fault("token is not a variable specified"))?;
        cx.index_of_variable(name, call.span(2))?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.arg(1).strip_prefix('$');
    let name = name.ok_or_else(|| Fault::directive("not a variable specified").at(call.span(1)))?;
    cx.define(name, CHANGEABLE, call.span(1))?;
    cx.keep(call, Value::Words);
    Ok(())
}

fn revocation(cx: &mut Cx, call: &Call) -> Verdict {
    file(cx, call, "file")
}

fn key_file(cx: &mut Cx, call: &Call) -> Verdict {
    let format = key_format(call)?;
    if let Some(name) = call.arg(1).strip_prefix('$') {
        cx.index_of_variable(name, call.span(1))?;
        cx.keep(call, Value::Words);
        return Ok(());
    }
    file(cx, call, format)
}

fn key_request(cx: &mut Cx, call: &Call) -> Verdict {
    key_format(call)?;
    if let Some(name) = call.arg(1).strip_prefix('$') {
        cx.index_of_variable(name, call.span(1))?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// The format in the second argument, as the message about an unreadable file calls it. Beginnings of the words do.
fn key_format(call: &Call) -> Result<&'static str, Fault> {
    let format = call.arg(2);
    if call.arg(1).is_empty() {
        Err(Fault::directive("is empty").at(call.span(1)))
    } else if format.is_empty() || (!"keyval".starts_with(format) && "jwks".starts_with(format)) {
        Ok("jwks file")
    } else if "keyval".starts_with(format) {
        Ok("key file")
    } else {
        Err(Fault::directive("format is incorrect").at(call.span(2)).help("jwks or keyval"))
    }
}

fn file(cx: &mut Cx, call: &Call, kind: &str) -> Verdict {
    if call.arg(1).is_empty() {
        return Err(Fault::directive("is empty").at(call.span(1)));
    }
    let path = cx.conf_path(call.arg(1));
    if cx.host.read(&path).is_err() {
        let fault = Fault::directive(format!("failed to load {kind}: \"{path}\""));
        return Err(fault.at(call.span(1)).of_host());
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn requirement(cx: &mut Cx, call: &Call) -> Verdict {
    let fault = |phrase, n| Err(Fault::directive(phrase).at(call.span(n)));
    if call.arg(1).is_empty() {
        return fault("first argument should not be empty", 1);
    }
    let operator = call.arg(2);
    if operator.is_empty() {
        return fault("second argument should not be empty", 2);
    }
    let operator = operator.strip_prefix('!').filter(|rest| !rest.is_empty()).unwrap_or(operator);
    if !OPERATORS.contains(&operator) {
        return fault("second argument should be one of available require operators", 2);
    }
    if call.arg(3).is_empty() {
        return fault("third argument should be variable", 3);
    }
    cx.complex(&call.words[3])?;
    cx.keep(call, Value::Words);
    Ok(())
}

fn require(cx: &mut Cx, call: &Call) -> Verdict {
    let mut last = call.words.len() - 1;
    if let Some(code) = call.arg(last).strip_prefix("error=") {
        let known = values::number(code).filter(|code| (400..=599).contains(code) && ![444, 499].contains(code));
        if known.is_none() {
            let message = format!("error code must be 400-599 (excluding 444 and 499): \"{code}\"");
            return Err(Fault::directive(message).at(call.span(last)));
        }
        last -= 1;
        if last == 0 {
            return Err(Fault::directive("at least one variable must be specified").at(call.span(1)));
        }
    }
    for (n, word) in call.words.iter().enumerate().take(last + 1).skip(1) {
        if !word.value.starts_with('$') {
            return Err(Fault::directive("not a variable specified").at(call.span(n)));
        }
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn allow_nested(cx: &mut Cx, call: &Call) -> Verdict {
    for word in call.args() {
        let value = word.value.strip_prefix("delimiter=").or_else(|| word.value.strip_prefix("quote="));
        if value.is_none_or(str::is_empty) {
            let message = format!("\"{}\" invalid parameter \"{}\"", call.name(), word.value);
            return Err(Fault::emerg(message).at(word.span));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn www_authenticate(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    if !["on", "off"].contains(&call.arg(1)) {
        cx.complex(&call.words[1])?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}
