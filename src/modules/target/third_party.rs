//! Names of modules of others: folders, files and `--module` spell the same module in many ways.

/// Words that say "nginx module" and not which: `ngx_http_geoip2_module`, `headers-more-nginx-module-0.40`.
const NOISE: &[&str] =
    &["ngx", "nginx", "http", "stream", "module", "mod", "filter", "dynamic", "master", "main", "so", "src"];

/// The words of a name that tell modules apart.
fn telling_words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && !is_version(word))
        .map(str::to_ascii_lowercase)
        .filter(|word| !NOISE.contains(&word.as_str()))
        .collect()
}

/// `0`, `v1`, `9rc1`
fn is_version(word: &str) -> bool {
    word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
}

/// Whether `name` is a spelling of one of `names`.
pub(super) fn is_spelling_of(name: &str, names: &[&str]) -> bool {
    let words = telling_words(name);
    !words.is_empty() && names.iter().any(|known| telling_words(known) == words)
}

/// Whether a module built from `folder` is one of `names`: `njs-0.9.9/nginx`, `/build/lua-nginx-module`.
pub(super) fn is_folder_of(folder: &str, names: &[&str]) -> bool {
    folder.split('/').any(|part| is_spelling_of(part, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let cases = [
            ("njs-0.9.9/nginx", "njs", true),
            ("headers-more-nginx-module-0.40", "headers-more", true),
            ("/build/ngx_http_geoip2_module", "geoip2", true),
            ("debian/modules/http-headers-more-filter", "headers-more", true),
            ("ngx_http_lua_upstream_nginx-module", "lua", false),
            ("lua-nginx-module", "ngx_http_lua", true),
            ("nginx-otel-v0.1.2", "otel", true),
            ("nginx", "otel", false),
        ];
        for (folder, name, want) in cases {
            assert_eq!(is_folder_of(folder, &[name]), want, "{folder} {name}");
        }
    }
}
