//! Mutants: real configurations with one or two things wrong, against the real nginx 1.31.3.

use std::path::PathBuf;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::common::{mutate, oracle};
use crate::corpus;
use crate::judge::{Pair, compare};
use crate::live::{configurations, prefix, testdata};

/// How many mutants the sample has, and how many all of them are.
const SAMPLE: usize = 400;
const FULL: usize = 20_000;

#[test]
fn mutants_agree_with_mainline() {
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    let seed = std::env::var("NGINXLB_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut texts = corpus::whole_texts(&corpus::folder());
    texts.extend(
        configurations(&testdata().join("nginx"))
            .into_iter()
            .map(|(name, path)| (name, String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())),
    );
    let (prefix, target) = prefix(oracle::nginx());
    let files = plant(&texts, if full { FULL } else { SAMPLE }, seed, prefix.path());
    let pair = Pair { oracle: oracle::nginx(), target, prefix: prefix.path() };
    compare(&pair, &files).require(&format!("mutants, seed {seed}"), 99.5, 98.0);
}

/// Writes the mutants as files, named after what they come from.
fn plant(texts: &[(String, String)], count: usize, seed: u64, folder: &std::path::Path) -> Vec<(String, PathBuf)> {
    let mut rng = StdRng::seed_from_u64(seed);
    let pool = mutate::pool(&texts.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>());
    (0..count)
        .map(|n| {
            let (name, text) = texts.choose(&mut rng).unwrap();
            let path = folder.join(format!("m{n}.conf"));
            std::fs::write(&path, mutate::mutate(text, &mut rng, &pool)).unwrap();
            (format!("{name} #{n} {}", path.display()), path)
        })
        .collect()
}
