//! How the directives of njs are read, in `http` and `stream` alike.

use crate::modules::prelude::*;
use crate::modules::third_party::variable;

/// The least size of a dictionary: eight pages.
const LEAST: u64 = 8 * 4096;

/// State of `http` or `stream`: something of it calls for JavaScript, so the merges have something to look at.
#[derive(Default)]
struct Used(bool);

/// What follows the name of a handler.
pub(super) fn used(cx: &mut Cx, _call: &Call) -> Verdict {
    cx.realm_slot::<Used>().0 = true;
    Ok(())
}

pub(super) fn import(cx: &mut Cx, call: &Call) -> Verdict {
    named_file(call, ".js", "export")?;
    used(cx, call)?;
    cx.keep(call, Value::Words);
    Ok(())
}

pub(super) fn preload_object(cx: &mut Cx, call: &Call) -> Verdict {
    named_file(call, ".json", "global")?;
    cx.keep(call, Value::Words);
    Ok(())
}

/// `FILE` whose name gives the name in JavaScript, or `NAME from FILE`.
fn named_file(call: &Call, suffix: &str, what: &str) -> Verdict {
    let from = call.words.len() == 4;
    if from && call.arg(2) != "from" {
        return Err(call.invalid_parameter(2));
    }
    let path = call.arg(if from { 3 } else { 1 });
    let mut name = call.arg(1);
    if !from {
        name = name.rsplit('/').next().unwrap_or(name);
        name = name.strip_suffix(suffix).ok_or_else(|| {
            let message = format!("cannot extract export name from file path \"{path}\", use extended \"from\" syntax");
            Fault::emerg(message).at(call.span(1)).help(format!("{} NAME from FILE;", call.name()))
        })?;
    }
    let fault = |message: String| Err(Fault::emerg(message).at(call.span(1)));
    let Some(first) = name.chars().next() else {
        return fault(format!("empty {what} name"));
    };
    if first != '_' && !first.is_ascii_alphabetic() {
        return fault(format!("cannot start with \"{first}\" in {what} name \"{name}\""));
    }
    if let Some(wrong) = name.chars().find(|c| *c != '_' && !c.is_ascii_alphanumeric()) {
        return fault(format!("invalid character \"{wrong}\" in {what} name \"{name}\""));
    }
    if path.contains('\'') {
        return fault(format!("invalid character \"'\" in file path \"{path}\""));
    }
    Ok(())
}

pub(super) fn engine(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let engines: &[&str] = if has_quickjs(cx) { &["njs", "qjs"] } else { &["njs"] };
    if !engines.iter().any(|name| name.eq_ignore_ascii_case(call.arg(1))) {
        return Err(call.invalid_value(1).help(engines.join(" or ")));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// Whether the build has the other engine: one that has njs compiled in would name it among its libraries.
fn has_quickjs(cx: &Cx) -> bool {
    let Some(options) = &cx.target.configured else { return true };
    let built_in = options.iter().any(|option| option.starts_with("--add-module=") && option.contains("njs"));
    !built_in || options.iter().any(|option| option.contains("quickjs"))
}

/// `js_load_http_native_module path [as name]`
pub(super) fn native_module(cx: &mut Cx, call: &Call) -> Verdict {
    if !has_quickjs(cx) {
        return Err(Fault::emerg("\"load_js_native_module\" requires QuickJS support").at(call.span(0)));
    }
    if call.words.len() == 4 && call.arg(2) != "as" {
        let message = format!("invalid parameter \"{}\", expected \"as\"", call.arg(2));
        return Err(Fault::emerg(message).at(call.span(2)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `js_set $variable function [nocache]`
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let name = variable::define(cx, call, 1)?;
    let functions = cx.realm_slot::<Functions>();
    match functions.0.iter().find(|set| set.variable.eq_ignore_ascii_case(&name)) {
        Some(set) if set.name != call.arg(2) => {
            let message = format!("variable \"{name}\" is redeclared with different function name");
            return Err(Fault::emerg(message).at(call.span(2)).related(set.span, "declared here"));
        }
        Some(_) => {}
        None => {
            functions.0.push(Function { variable: name, name: call.arg(2).to_owned(), span: call.span(2) });
        }
    }
    if call.words.len() == 4 && call.arg(3) != "nocache" {
        return Err(Fault::emerg(format!("unrecognized flag \"{}\"", call.arg(3))).at(call.span(3)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// The functions of `js_set`.
#[derive(Default)]
struct Functions(Vec<Function>);

/// Which function gives the value of a variable.
struct Function {
    variable: String,
    name: String,
    span: Span,
}

/// `js_var $variable [value]`
pub(super) fn var(cx: &mut Cx, call: &Call) -> Verdict {
    let name = variable::define(cx, call, 1)?;
    cx.index_of_variable(&name, call.span(1))?;
    if let Some(word) = call.words.get(2) {
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

pub(super) fn body_filter(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    match call.arg(2).strip_prefix("buffer_type=") {
        None if call.words.len() > 2 => return Err(call.invalid_parameter(2)),
        None | Some("string" | "buffer") => {}
        Some(_) => {
            let message = format!("invalid buffer_type value \"{}\", it must be \"string\" or \"buffer\"", call.arg(2));
            return Err(Fault::emerg(message).at(call.span(2)));
        }
    }
    cx.keep(call, Value::Words);
    used(cx, call)
}

/// `js_periodic function [interval=time] [jitter=time] [worker_affinity=mask]`
pub(super) fn periodic(cx: &mut Cx, call: &Call) -> Verdict {
    if call.words.len() < 2 {
        return Err(Fault::emerg("method name is required").at(call.span(0)));
    }
    for n in 2..call.words.len() {
        let (name, value) = call.arg(n).split_once('=').unwrap_or_default();
        let good = match name {
            "interval" => values::msec(value).is_some_and(|interval| interval > 0),
            "jitter" => values::msec(value).is_some(),
            "worker_affinity" => {
                affinity(cx, call, n, value)?;
                true
            }
            _ => false,
        };
        if !good {
            return Err(call.invalid_parameter(n));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// One digit for each worker, or `all`.
fn affinity(cx: &Cx, call: &Call, n: usize, mask: &str) -> Verdict {
    let fault = |message: &str| Err(Fault::emerg(message).at(call.span(n)));
    let main = cx.config.scope(ScopeId(0));
    let Some(workers) = main.setting("worker_processes").map(|setting| setting.arg(1)) else {
        return fault("\"worker_affinity\" is not supported with unset \"worker_processes\" directive");
    };
    if mask.starts_with("all") {
        return Ok(());
    }
    // With `auto` the number is that of the machine's processors.
    if values::number(workers).is_some_and(|workers| workers as usize != mask.len()) {
        return fault("the number of \"worker_processes\" is not equal to the size of \"worker_affinity\" mask");
    }
    match mask.chars().find(|digit| !['0', '1'].contains(digit)) {
        Some(wrong) => fault(&format!("invalid character \"{wrong}\" in \"worker_affinity=\"")),
        None => Ok(()),
    }
}

/// `js_shared_dict_zone zone=name:size [timeout=time] [type=string|number] [evict] [state=file]`
pub(super) fn shared_dict_zone(cx: &mut Cx, call: &Call) -> Verdict {
    let fault = |what: &str, n: usize| Err(Fault::emerg(format!("{what} \"{}\"", call.arg(n))).at(call.span(n)));
    let (mut zone, mut timeout, mut evict) = (None, 0, false);
    for n in 1..call.words.len() {
        let word = call.arg(n);
        if let Some(text) = word.strip_prefix("zone=") {
            let Some((name, size)) = text.split_once(':') else { return fault("invalid zone size", n) };
            if name.is_empty() {
                return fault("invalid zone name", n);
            }
            let Some(size) = values::size(size) else { return fault("invalid zone size", n) };
            if size < LEAST {
                return Err(Fault::emerg(format!("zone \"{word}\" is too small")).at(call.span(n)));
            }
            zone = Some((name, size, call.span(n)));
        } else if word.starts_with("evict") {
            evict = true;
        } else if let Some(text) = word.strip_prefix("timeout=") {
            let Some(time) = values::msec(text) else { return fault("invalid timeout value", n) };
            timeout = time;
        } else if let Some(kind) = word.strip_prefix("type=").filter(|kind| !["string", "number"].contains(kind)) {
            return Err(Fault::emerg(format!("invalid dict type \"{kind}\"")).at(call.span(n)));
        }
    }
    let Some((name, size, span)) = zone else {
        let message = format!("\"{}\" must have \"zone\" parameter", call.name());
        return Err(Fault::emerg(message).at(call.span(0)));
    };
    if evict && timeout == 0 {
        return Err(Fault::emerg("evict requires timeout=").at(call.span(0)));
    }
    let at = cx.config.zones.add(name, size, call.module.name, span)?;
    let zone = cx.config.zones.get_mut(at);
    if std::mem::replace(&mut zone.bound, true) {
        let first = zone.span;
        return Err(Fault::emerg(format!("duplicate zone \"{name}\"")).at(span).related(first, "declared here"));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `js_fetch_proxy http://[user:password@]host:port`
pub(super) fn fetch_proxy(cx: &mut Cx, call: &Call) -> Verdict {
    let url = call.arg(1);
    if url.contains('$') {
        cx.complex(&call.words[1])?;
    } else if !url.starts_with("http://") {
        return Err(Fault::error("js_fetch_proxy URL must use http:// scheme").at(call.span(1)).unlocated());
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// Handlers need an import to find their functions in, here or around.
pub(super) fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    if !cx.realm_slot::<Used>().0 {
        return Ok(());
    }
    modules_are_there(cx, scope)?;
    if cx.config.effective(scope, "js_import").is_some() {
        return Ok(());
    }
    for name in ["js_access", "js_content", "js_header_filter", "js_body_filter", "js_preread", "js_filter"] {
        if let Some(handler) = cx.config.effective(scope, name) {
            let function = handler.arg(1);
            let message = format!("no imports defined for \"{name}\" \"{function}\", use \"js_import\" directive");
            return Err(Fault::emerg(message).at(handler.span()).unlocated());
        }
    }
    Ok(())
}

/// The files of the imports made here, and of those around when it is the first block inside.
fn modules_are_there(cx: &Cx, scope: ScopeId) -> Verdict {
    if !cx.host.is_real() {
        return Ok(());
    }
    let Some(parent) = cx.config.scope(scope).parent else { return Ok(()) };
    for at in [parent, scope] {
        for import in cx.config.scope(at).all("js_import") {
            let path = import.arg(import.words.len() - 1);
            let mut folders = vec![cx.conf_path("")];
            for around in cx.config.ancestors(at) {
                folders.extend(cx.config.scope(around).all("js_path").map(|given| cx.conf_path(given.arg(1)) + "/"));
            }
            let there = |folder: &String| {
                let full = if path.starts_with('/') { path.to_owned() } else { format!("{folder}{path}") };
                cx.host.read(&full).is_ok()
            };
            if !folders.iter().any(there) {
                let reason = "ENOENT:No such file or directory";
                let message = format!("ReferenceError: Cannot load module \"{path}\" ({reason})");
                return Err(Fault::emerg(message).at(import.span()).unlocated().of_host());
            }
        }
    }
    Ok(())
}
