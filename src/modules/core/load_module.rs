//! `load_module`: `ngx_load_module` and `ngx_add_module`.
//!
//! What is in a module's file is known by its name only. A target that was read from `nginx -V` has the dynamic modules
//! of that build; on a real machine the file must be there. A target by name has everything already.

use crate::modules::Target;
use crate::modules::prelude::*;

/// The blocks at whose start nginx counts its modules; afterwards it takes no more.
const COUNTING: &[&str] = &["events", "http", "stream", "mail"];

/// The modules that were loaded, in the main scope.
#[derive(Debug, Default)]
struct Loaded(Vec<(&'static str, Span)>);

/// The reader of `load_module`.
///
/// # Errors
/// nginx's messages, and the loader's.
pub fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let main = cx.config.scope(ScopeId(0));
    if let Some(block) = COUNTING.iter().find_map(|name| main.setting(name)) {
        let fault = Fault::directive("is specified too late").at(call.span(0));
        return Err(fault.related(block.span(), "it must come before this"));
    }
    let name = call.arg(1);
    let path = cx.prefix_path(name);
    if let Err(refused) = open(cx, &path) {
        let message = format!("dlopen() \"{path}\" failed ({refused})");
        let fault = Fault::emerg(message).at(call.span(1));
        // Without a machine it is the build's `-V` that says which modules there are.
        return Err(if cx.host.is_real() { fault.of_host() } else { fault });
    }
    let modules = crate::modules::modules_in_file(&path);
    if let Some(module) = modules.first().filter(|module| is_built_in(&cx.target, module)) {
        let message = format!("module \"ngx_{}\" is already loaded", module.name);
        return Err(Fault::emerg(message).at(call.span(1)).help("it is part of this build"));
    }
    let loaded = cx.slot::<Loaded>();
    if let Some((module, first)) =
        modules.first().and_then(|module| loaded.0.iter().find(|(name, _)| *name == module.name))
    {
        let fault = Fault::emerg(format!("module \"ngx_{module}\" is already loaded")).at(call.span(1));
        return Err(fault.related(*first, "loaded here"));
    }
    loaded.0.extend(modules.iter().map(|module| (module.name, call.span(1))));
    for module in modules {
        cx.target.add(module);
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// Whether a build has the module without loading it. A target by name has everything; `--module` is as good as loading.
fn is_built_in(target: &Target, module: &Module) -> bool {
    let own = !matches!(module.presence, Presence::ThirdParty(_));
    own && target.configured.is_some() && target.has(module) && !target.can_load(module)
}

/// What the loader says of the file.
fn open(cx: &Cx, path: &str) -> Result<(), String> {
    let target = &cx.target;
    let Some(options) = &target.configured else { return Ok(()) };
    if options.iter().any(|option| option.starts_with("--with-ld-opt=") && option.contains("-static")) {
        return Err("Dynamic loading not supported".to_owned());
    }
    if cx.host.is_real() {
        return match cx.host.read(path) {
            Ok(file) if file.len() < ELF_HEADER => Err(format!("{path}: file too short")),
            Ok(file) if !file.starts_with(b"\x7fELF") => Err(format!("{path}: invalid ELF header")),
            Ok(_) => Ok(()),
            Err(refusal) if refusal.starts_with("21:") => Err(format!("{path}: cannot read file data: Is a directory")),
            Err(refusal) => {
                let reason = refusal.split_once(": ").map_or(&*refusal, |(_, words)| words);
                Err(format!("{path}: cannot open shared object file: {reason}"))
            }
        };
    }
    let modules = crate::modules::modules_in_file(path);
    if modules.iter().any(|module| target.can_load(module)) {
        return Ok(());
    }
    Err(format!("{path}: cannot open shared object file: No such file or directory"))
}

/// Bytes of an ELF header, less than which is no shared object.
const ELF_HEADER: usize = 64;
