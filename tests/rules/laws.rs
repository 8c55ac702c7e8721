//! What holds for every text: no rule panics, and what it points at is there.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use nginxlb::lint::Selection;
use nginxlb::modules::Version;
use proptest::prelude::*;

use super::{NoFiles, judge_with};

/// The fixtures, and texts that are hard to cut.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules");
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut texts: Vec<String> = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    texts.sort();
    texts.push(
        "server { # nginxlb: ignore \u{3000}é, ü\n location ~ ((?<é>[^é]*)\\é { return 301 $é$9${uri}é; } }\n".into(),
    );
    texts.push(
        "upstream é { hash é consistent; server [é weight=é; server unix:é backup; }\nproxy_pass http://$é:é/é;".into(),
    );
    texts
});

/// A place in the text, between two characters.
fn place(text: &str, n: usize) -> usize {
    (0..=n % (text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

fn cut(text: &str, from: usize, to: usize) -> &str {
    let (from, to) = (place(text, from), place(text, to));
    &text[from.min(to)..from.max(to)]
}

proptest! {
    #[test]
    fn nothing_panics(parts in prop::collection::vec((any::<prop::sample::Index>(), any::<usize>(), any::<usize>()), 1..4), old: bool) {
        let first = parts[0].0.get::<String>(TEXTS.as_slice());
        let at = place(first, parts[0].1);
        let pieces = parts[1..].iter().map(|(text, from, to)| cut(text.get::<String>(TEXTS.as_slice()), *from, *to));
        let middle: String = pieces.collect();
        let text = format!("{}{middle}{}", &first[..at], &first[at..]);
        let version = if old { Version::read("1.22.1") } else { Version::NEWEST };
        let judged = judge_with(&text, version, &Selection::pedantic(), &NoFiles);
        for finding in &judged.findings {
            let spans = finding.span.into_iter().chain(finding.related.iter().map(|(span, _)| *span));
            for span in spans.chain(finding.chain.iter().copied()) {
                prop_assert!(!judged.sources.text(span).is_empty() || span.start == span.end);
            }
        }
    }
}
