//! The fuzz targets' laws, replayed on stable: over every corpus, and over random changes to what is in it.

use std::fs;
use std::path::{Path, PathBuf};

use nginxlb::fuzzing::LAWS;

/// Changes tried for each input of a corpus: with them the whole takes a few seconds.
const CHANGES: usize = 60;

/// Laws that take a hundred times as long as the others; they are looked at after every tenth change.
const SLOW: &[&str] = &["lint_never_panics"];

/// Longest piece that a change inserts or removes.
const LONGEST_PIECE: usize = 12;

/// What a lexer looks at; a change that inserts noise alone seldom gets far.
const TOKENS: [&[u8]; 20] = [
    b"\"",
    b"'",
    b";",
    b"{",
    b"}",
    b"#",
    b"\\",
    b"$",
    b"${",
    b"\n",
    b"\r",
    b" ",
    b")",
    b"[[",
    b"]]",
    b"--",
    b"\xff",
    b"\xf4\x8f\xbf\x80",
    b"_by_lua_block {",
    b"include x;",
];

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Every input of every corpus: one that breaks one law may break another.
fn inputs() -> Vec<(PathBuf, Vec<u8>)> {
    let files = LAWS.iter().flat_map(|(name, _)| {
        let corpus = fuzz().join("corpus").join(name);
        let files = fs::read_dir(&corpus).unwrap_or_else(|_| panic!("{} is missing", corpus.display()));
        files.map(|file| file.expect("an entry").path()).collect::<Vec<_>>()
    });
    let mut inputs: Vec<_> = files.map(|path| (path.clone(), fs::read(&path).expect("a file"))).collect();
    inputs.sort();
    inputs.dedup_by(|a, b| a.1 == b.1);
    inputs
}

/// `SplitMix64`: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % bound.max(1)
    }

    /// Removes, doubles, inserts, or replaces a piece.
    fn change(&mut self, data: &mut Vec<u8>) {
        let start = self.below(data.len() + 1);
        let end = (start + self.below(LONGEST_PIECE)).min(data.len());
        let token = TOKENS[self.below(TOKENS.len())];
        match self.below(5) {
            0 => drop(data.drain(start..end)),
            1 => data.extend_from_within(start..end),
            2 => drop(data.splice(start..start, token.iter().copied())),
            3 => drop(data.splice(start..end, token.iter().copied())),
            _ => data.truncate(start),
        }
    }
}

#[test]
fn laws_hold_over_the_corpora() {
    let inputs = inputs();
    assert!(inputs.len() >= LAWS.len(), "the corpora are empty");
    for (path, data) in inputs {
        for (name, law) in LAWS {
            println!("{name} over {}", path.display());
            law(&data);
        }
    }
}

#[test]
fn laws_hold_over_changes_to_the_corpora() {
    let mut random = Random(1);
    for (path, original) in inputs() {
        let mut data = original.clone();
        for round in 0..CHANGES {
            if round % 10 == 0 {
                data.clone_from(&original);
            }
            random.change(&mut data);
            for (name, law) in LAWS.iter().filter(|(name, _)| round % 10 == 9 || !SLOW.contains(name)) {
                println!("{name} over change {round} of {}: {}", path.display(), data.escape_ascii());
                law(&data);
            }
        }
    }
}

#[test]
fn every_law_is_a_fuzz_target() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("the manifest");
    assert_eq!(manifest.matches("[[bin]]").count(), LAWS.len(), "one target for each law");
    for (name, _) in LAWS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is no target");
        let target = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).expect("a target");
        assert!(target.contains(&format!("nginxlb::fuzzing::{name}(")), "{name} checks another law");
    }
}
