//! Caches of answers from upstreams: `proxy_cache_path`, `proxy_cache`, `proxy_store` and their kin
//! (`ngx_http_file_cache.c`). A zone is declared by `..._cache_path` and used by `..._cache` of the same module; which
//! of them exist is judged when the locations are merged, so the order of the two does not matter.

use super::named::{self, Named};
use crate::config::Config;
use crate::config::Folder;
use crate::modules::Version;
use crate::modules::prelude::*;

/// The caches of an `http` block.
#[derive(Debug, Default)]
pub struct Caches(pub Vec<Cache>);

/// What a location caches in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheUse {
    /// `off`
    Off,
    /// The zone with this number.
    Zone(usize),
    /// The zone that the variables name at the time.
    Dynamic(Text),
}

/// Where a location stores what it fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Store {
    /// `off`
    Off,
    /// Under the file name that `root` or `alias` gives.
    On,
    /// Under this file name.
    Path(Text),
}

/// How long one status stays valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Valid {
    /// The status; `None` for any.
    pub status: Option<u16>,
    /// Seconds.
    pub seconds: u64,
}

/// The text that tells cached answers apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(pub Text);

/// One cache, as its `..._cache_path` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The folder's full name.
    pub folder: String,
    /// Digits of the levels of subfolders; 0 ends them.
    pub levels: [u8; 3],
    /// The number of its zone.
    pub zone: usize,
    /// Answers are written to the temporary folder first.
    pub use_temp_path: bool,
    /// Seconds after which an unused answer goes.
    pub inactive: u64,
    /// Bytes at most, if there is a bound.
    pub max_size: Option<u64>,
    /// Bytes of the file system that stay free.
    pub min_free: u64,
    /// How the loader works.
    pub loader: Pace,
    /// How the manager works.
    pub manager: Pace,
    /// The directive.
    pub span: Span,
}

/// How much the loader or the manager does at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Files at a time.
    pub files: i64,
    /// Milliseconds of rest.
    pub sleep: u64,
    /// Milliseconds of work at a time.
    pub threshold: u64,
}

/// The name and size of a `keys_zone=`.
type Keys = (String, u64);

/// nginx's two pages of memory: no zone of keys is smaller.
const LEAST_ZONE: u64 = 2 * 4096;

/// Reads `..._cache_path FOLDER keys_zone=NAME:SIZE ...`.
///
/// # Errors
/// nginx's, in nginx's order: parameters, `keys_zone` missing, the folder, the zone.
pub fn cache_path(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    let usual = Pace { files: 100, sleep: 50, threshold: 200 };
    let text = call.arg(1);
    let mut cache = Cache {
        folder: cx.prefix_path(text.strip_suffix('/').unwrap_or(text)),
        levels: [0; 3],
        zone: 0,
        use_temp_path: true,
        inactive: 600,
        max_size: None,
        min_free: 0,
        loader: usual,
        manager: usual,
        span: call.span(0).to(call.span(call.args().len())),
    };
    let mut keys: Keys = (String::new(), 0);
    for (n, word) in call.args().iter().enumerate().skip(1) {
        parameter(&mut cache, &mut keys, &word.value).map_err(|message| Fault::emerg(message).at(call.span(n + 1)))?;
    }
    let (zone, size) = keys;
    if zone.is_empty() || size == 0 {
        let fault = Fault::emerg(format!("\"{}\" must have \"keys_zone\" parameter", call.name()));
        return Err(fault.at(call.span(0)).help("for example keys_zone=cache:10m"));
    }
    let place = Some(cx.place());
    let levels = cache.levels.iter().copied().take_while(|level| *level > 0).collect();
    // Each cache owns its folder alone.
    let owner = Some(cx.realm_slot::<Caches>().0.len());
    cx.add_folder_as(text, Folder { name: cache.folder.clone(), levels, owner, place })
        .map_err(|fault| fault.at(call.span(1)))?;
    let at = call.words.iter().position(|word| word.value.starts_with("keys_zone=")).unwrap_or(0);
    cache.zone = cx.config.zones.add(&zone, size, call.module.name, call.span(at))?;
    let caches = &mut cx.realm_slot::<Caches>().0;
    if let Some(first) = caches.iter().find(|other| other.zone == cache.zone) {
        let fault = Fault::emerg(format!("duplicate zone \"{zone}\"")).at(call.span(at));
        return Err(fault.related(first.span, "declared here"));
    }
    caches.push(cache);
    Ok(())
}

/// Reads one parameter of `..._cache_path`; the error is nginx's message.
fn parameter(cache: &mut Cache, keys: &mut Keys, text: &str) -> Result<(), String> {
    let (key, value) = text.split_once('=').unwrap_or(("", ""));
    let bad = || format!("invalid {key} value \"{text}\"");
    match key {
        "levels" => levels(&mut cache.levels, value).ok_or_else(|| format!("invalid \"levels\" \"{text}\""))?,
        "use_temp_path" => {
            cache.use_temp_path = match value {
                "on" => true,
                "off" => false,
                _ => return Err(format!("{}, it must be \"on\" or \"off\"", bad())),
            };
        }
        "keys_zone" => *keys = keys_zone(text, value)?,
        "inactive" => cache.inactive = values::sec(value).ok_or_else(bad)?,
        "max_size" => cache.max_size = Some(values::offset(value).ok_or_else(bad)?),
        "min_free" => cache.min_free = values::offset(value).ok_or_else(bad)?,
        "loader_files" => cache.loader.files = values::number(value).ok_or_else(bad)?,
        "loader_sleep" => cache.loader.sleep = values::msec(value).ok_or_else(bad)?,
        "loader_threshold" => cache.loader.threshold = values::msec(value).ok_or_else(bad)?,
        "manager_files" => cache.manager.files = values::number(value).ok_or_else(bad)?,
        "manager_sleep" => cache.manager.sleep = values::msec(value).ok_or_else(bad)?,
        "manager_threshold" => cache.manager.threshold = values::msec(value).ok_or_else(bad)?,
        _ => return Err(format!("invalid parameter \"{text}\"")),
    }
    Ok(())
}

fn keys_zone(text: &str, value: &str) -> Result<Keys, String> {
    let (name, size) = value
        .split_once(':')
        .and_then(|(name, size)| Some((name, values::size(size)?)))
        .ok_or_else(|| format!("invalid keys zone size \"{text}\""))?;
    if size < LEAST_ZONE {
        return Err(format!("keys zone \"{text}\" is too small"));
    }
    Ok((name.to_owned(), size))
}

/// `1`, `1:2` or `1:2:2`: one digit a level, 1 or 2. None at all is fine.
fn levels(into: &mut [u8; 3], text: &str) -> Option<()> {
    if text.is_empty() {
        return Some(());
    }
    for (n, level) in text.split(':').enumerate() {
        *into.get_mut(n)? = match level {
            "1" => 1,
            "2" => 2,
            _ => return None,
        };
    }
    Some(())
}

/// Reads `..._cache ZONE|off`.
///
/// # Errors
/// nginx's `is duplicate`, `is incompatible with "..._store"`, and what is wrong with the zone's name.
pub fn cache(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    if call.arg(1) == "off" {
        named::put(cx, call.name(), CacheUse::Off);
        return Ok(());
    }
    refuse_both(cx, call, "_cache", "_store")?;
    let text = cx.complex(&call.words[1])?;
    let uses = if text.is_dynamic() {
        CacheUse::Dynamic(text)
    } else {
        CacheUse::Zone(cx.config.zones.add(call.arg(1), 0, call.module.name, call.span(1))?)
    };
    named::put(cx, call.name(), uses);
    Ok(())
}

/// Reads `..._store on|off|PATH`.
///
/// # Errors
/// nginx's `is duplicate`, `empty path`, `is incompatible with "..._cache"`.
pub fn store(cx: &mut Cx, call: &Call) -> Verdict {
    /// The first version that refuses an empty path.
    const EMPTY_REFUSED: Version = Version::read("1.27.3");
    cx.once(call)?;
    cx.keep(call, Value::Own);
    if call.arg(1) == "off" {
        named::put(cx, call.name(), Store::Off);
        return Ok(());
    }
    if call.arg(1).is_empty() && cx.target.version >= EMPTY_REFUSED {
        return Err(Fault::emerg("empty path").at(call.span(1)));
    }
    refuse_both(cx, call, "_store", "_cache")?;
    let store = if call.arg(1) == "on" { Store::On } else { Store::Path(cx.complex(&call.words[1])?) };
    named::put(cx, call.name(), store);
    Ok(())
}

/// A location caches or stores, not both.
fn refuse_both(cx: &Cx, call: &Call, this: &str, other: &str) -> Verdict {
    let name = call.name().strip_suffix(this).unwrap_or_default();
    let other = format!("{name}{other}");
    match cx.config.scope(cx.scope).setting(&other).filter(|setting| setting.arg(1) != "off") {
        Some(setting) => Err(Fault::directive(format!("is incompatible with \"{other}\""))
            .at(call.span(0))
            .related(setting.span(), "set here")),
        None => Ok(()),
    }
}

/// Reads `..._cache_key TEXT`.
///
/// # Errors
/// nginx's `is duplicate`, and what is wrong with the text.
pub fn cache_key(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let text = cx.complex(&call.words[1])?;
    named::put(cx, call.name(), Key(text));
    Ok(())
}

/// Reads `..._cache_valid [STATUS ...] TIME`; calls add up.
///
/// # Errors
/// nginx's `invalid time value "x"`, `invalid status "x"`.
pub fn cache_valid(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    let last = call.args().len();
    let seconds = values::sec(call.arg(last))
        .ok_or_else(|| Fault::emerg(format!("invalid time value \"{}\"", call.arg(last))).at(call.span(last)))?;
    let mut statuses = Vec::new();
    for n in 1..last {
        statuses.push(match call.arg(n) {
            "any" => None,
            text => Some(status(text).ok_or_else(|| {
                Fault::emerg(format!("invalid status \"{text}\"")).at(call.span(n)).help("\"any\", or 100 to 599")
            })?),
        });
    }
    if statuses.is_empty() {
        statuses.extend([200, 301, 302].map(Some));
    }
    let valid = cx.slot::<Named<Vec<Valid>>>().entry(call.name());
    valid.extend(statuses.into_iter().map(|status| Valid { status, seconds }));
    Ok(())
}

fn status(text: &str) -> Option<u16> {
    values::number(text).and_then(|n| u16::try_from(n).ok()).filter(|n| (100..=599).contains(n))
}

/// The zone that a location caches in, and the setting that says so: as nginx merges `..._cache` and `..._store`, each
/// of which ends what the other inherits.
#[must_use]
pub fn effective<'c>(config: &'c Config, scope: ScopeId, names: &CacheNames) -> Option<(&'c CacheUse, Span)> {
    for id in config.ancestors(scope) {
        let here = config.scope(id);
        if let Some(uses) = named::own::<CacheUse>(config, id, names.cache) {
            let span = here.setting(names.cache).map(crate::config::Setting::span)?;
            return (*uses != CacheUse::Off).then_some((uses, span));
        }
        if named::own::<Store>(config, id, names.store).is_some_and(|store| *store != Store::Off) {
            return None;
        }
    }
    None
}

/// Where a location stores answers, and who may do what with the files; `prefix` is its module's: `proxy`. As nginx
/// merges it, a cache ends an inherited store.
#[must_use]
pub fn stored<'c>(config: &'c Config, scope: ScopeId, prefix: &str) -> Option<(&'c Store, u32)> {
    let [store, cache, access] = ["store", "cache", "store_access"].map(|what| format!("{prefix}_{what}"));
    let caches = |id| named::own::<CacheUse>(config, id, &cache).is_some_and(|uses| *uses != CacheUse::Off);
    let found = config
        .ancestors(scope)
        .map(|id| (named::own::<Store>(config, id, &store), caches(id)))
        .find(|(store, caches)| store.is_some() || *caches);
    let store = found?.0.filter(|store| **store != Store::Off)?;
    let access = match config.effective(scope, &access).map(|set| &set.value) {
        Some(Value::Access(bits)) => *bits,
        _ => 0o600,
    };
    Some((store, access))
}

/// The directives of one module.
#[derive(Debug, Clone, Copy)]
pub struct CacheNames {
    /// `proxy_`
    pub prefix: &'static str,
    /// `proxy_cache`
    pub cache: &'static str,
    /// `proxy_store`
    pub store: &'static str,
    /// `proxy_cache_key`, where nginx has no default for it.
    pub key: Option<&'static str>,
}

/// What the merge of a location judges: the zone must be a cache's, and there should be a key.
///
/// # Errors
/// nginx's `"proxy_cache" zone "x" is unknown`.
pub fn judge(cx: &mut Cx, names: &CacheNames) -> Verdict {
    let Some((uses, span)) = effective(&cx.config, cx.scope, names) else { return Ok(()) };
    if let CacheUse::Zone(zone) = *uses
        && !cx.realm_slot::<Caches>().0.iter().any(|cache| cache.zone == zone)
    {
        let zone = &cx.config.zones.get(zone).name;
        let message = format!("\"{}\" zone \"{zone}\" is unknown", names.cache);
        return Err(Fault::emerg(message).at(span).help(format!("{}_path declares zones", names.cache)));
    }
    if let Some(key) = names.key
        && named::effective::<Key>(&cx.config, cx.scope, key).is_none()
    {
        let fault = Fault::warn(format!("no \"{key}\" for \"{}\"", names.cache)).at(span);
        for _ in 0..=heirs(cx, cx.scope, names) {
            cx.warn(fault.clone());
        }
    }
    Ok(())
}

/// The locations inside a scope that only inherit from it: they are not merged by themselves, and nginx repeats its
/// warning for each.
fn heirs(cx: &Cx, scope: ScopeId, names: &CacheNames) -> usize {
    let only_inherits = |id: &&ScopeId| {
        let own = &cx.config.scope(**id).settings;
        !own.iter().any(|setting| setting.directive.name.starts_with(names.prefix))
    };
    let inside = cx.config.scope(scope).children.iter().filter(only_inherits);
    inside.map(|id| 1 + heirs(cx, *id, names)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_folders() {
        let cases = [
            ("", Some([0, 0, 0])),
            ("1", Some([1, 0, 0])),
            ("1:2", Some([1, 2, 0])),
            ("1:2:2", Some([1, 2, 2])),
            ("1:2:2:1", None),
            ("3", None),
            ("1:", None),
            (":1", None),
            ("12", None),
        ];
        for (text, want) in cases {
            let mut read = [0; 3];
            assert_eq!(levels(&mut read, text).map(|()| read), want, "{text}");
        }
    }
}
