//! `ngx_http_referer_module`.

use crate::modules::prelude::*;
use crate::modules::shared::hash::{HostNames, Table, align};
use crate::modules::shared::keys::Key;
use crate::modules::shared::listen::{Form, ServerNames};
use crate::modules::shared::map::refusal;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    variables: VARIABLES,
    ..Module::new("http_referer_module", Kind::Http, Presence::Default("http_referer"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("referer_hash_bucket_size", "server location", "1", Number, "1.0.5", "64",
        "Sets the bucket size of the hash table built for valid_referers names."),
    d("referer_hash_max_size", "server location", "1", Number, "1.0.5", "2048",
        "Sets the maximum size of the hash table built for valid_referers names."),
    d("valid_referers", "server location", "1+", Custom(valid_referers), "1.0.0", "",
        "Lists acceptable Referer values; the $invalid_referer variable becomes 1 when none of them matches."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("invalid_referer", "1.0.0").changeable(),
];

/// The referers of one block. A block without any has those of the block around it.
#[derive(Debug, Default)]
pub struct Referers {
    /// `none`: no `Referer` at all is fine.
    pub none: bool,
    /// `blocked`: one without `http://` or `https://` is fine.
    pub blocked: bool,
    /// `server_names`: the server's own names are fine.
    pub server_names: bool,
    /// Hosts, with what the path must start with.
    pub hosts: Vec<(Key, Option<String>)>,
    /// Regular expressions for what follows `http://`, `https://`.
    pub regexes: Vec<Regex>,
    names: HostNames,
    span: Option<Span>,
}

fn valid_referers(cx: &mut Cx, call: &Call) -> Verdict {
    cx.slot::<Referers>().span.get_or_insert(call.span(0));
    cx.keep(call, Value::Own);
    for word in call.args() {
        let (text, span) = (&*word.value, word.span);
        if let Some(pattern) = text.strip_prefix('~') {
            if pattern.is_empty() {
                return Err(Fault::emerg("empty regex in \"~\"").at(span));
            }
            let regex = cx.regex(pattern, true, span)?;
            cx.slot::<Referers>().regexes.push(regex);
            continue;
        }
        let referers = cx.slot::<Referers>();
        match text {
            "" => return Err(Fault::emerg("invalid referer \"\"").at(span)),
            "none" => referers.none = true,
            "blocked" => referers.blocked = true,
            "server_names" => referers.server_names = true,
            _ => {
                let (host, path) = match text.find('/') {
                    Some(slash) => (&text[..slash], Some(text[slash..].to_owned())),
                    None => (text, None),
                };
                referers.names.add(host).map_err(|refused| refusal(refused, host, span, None))?;
                referers.hosts.push((Key::host(host), path));
            }
        }
    }
    Ok(())
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    if cx.config.scope(scope).slot::<Referers>().is_none() {
        return Ok(());
    }
    let server_names = server_names(cx, scope);
    let mut referers = std::mem::take(cx.slot::<Referers>());
    let verdict = judge(cx, scope, &mut referers, &server_names);
    *cx.slot::<Referers>() = referers;
    verdict
}

/// Names of the server around, without its regular expressions; nginx gives an empty one to a server without any.
fn server_names(cx: &Cx, scope: ScopeId) -> Vec<(String, Span)> {
    let server = cx.config.ancestors(scope).find(|id| cx.config.scope(*id).context == Contexts::SERVER);
    let Some(server) = server.map(|id| cx.config.scope(id)) else { return Vec::new() };
    let here = || server.words.first().map(|word| (String::new(), word.span)).into_iter().collect();
    server.slot::<ServerNames>().filter(|names| !names.0.is_empty()).map_or_else(here, |names| {
        let plain = names.0.iter().filter(|name| !matches!(name.form, Form::Regex(_)));
        plain.map(|name| (name.text.clone(), name.span)).collect()
    })
}

fn judge(cx: &mut Cx, scope: ScopeId, referers: &mut Referers, server_names: &[(String, Span)]) -> Verdict {
    if referers.server_names {
        for (name, span) in server_names {
            referers.names.add(name).map_err(|refused| refusal(refused, name, *span, referers.span))?;
            referers.hosts.push((Key::host(name), None));
        }
    }
    if (referers.none || referers.blocked) && referers.hosts.is_empty() {
        let message = "the \"none\" or \"blocked\" referers are specified in the \"valid_referers\" directive \
                       without any valid referer";
        return Err(Fault { span: referers.span, ..Fault::emerg(message).unlocated() });
    }
    let max_size = cx.config.number(scope, "referer_hash_max_size", 2048);
    let bucket_size = align(cx.config.number(scope, "referer_hash_bucket_size", 64));
    referers.names.check(cx, &Table { name: "referer_hash", max_size, bucket_size, span: referers.span })
}
