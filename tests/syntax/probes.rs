//! The probes: small files on the edges of nginx's lexer, with what two real nginx said of each.

use std::collections::BTreeMap;
use std::fs;

use nginxlb::syntax::{FileId, decode, parse};

use crate::outline::first_fault;
use crate::testdata;

/// nginx's message and line, for the probes that it refuses in the lexer; none for those it accepts.
fn verdicts() -> BTreeMap<String, Option<(String, usize)>> {
    let table = fs::read_to_string(testdata().join("probes/verdicts.tsv")).expect("the verdicts");
    table.lines().skip(1).filter_map(verdict).collect()
}

fn verdict(row: &str) -> Option<(String, Option<(String, usize)>)> {
    let [file, _, exit, said] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("four columns: {row}") };
    if exit == "0" {
        return Some((file.into(), None));
    }
    let (message, place) = said.strip_prefix("nginx: [emerg] ")?.split(" | ").next()?.rsplit_once(" in ")?;
    let line = place.strip_prefix(file)?.strip_prefix(':')?.parse().ok()?;
    // In `types` a block is refused by the module, in these words too.
    let lexical = message.starts_with("unexpected") || message.starts_with("too long");
    (lexical && !file.contains("types")).then(|| (file.into(), Some((message.into(), line))))
}

#[test]
fn faults_are_those_of_nginx() {
    let verdicts = verdicts();
    assert!(verdicts.len() > 40, "{}", verdicts.len());
    for (file, expected) in verdicts {
        let text = decode(&fs::read(testdata().join("probes").join(&file)).expect("the probe"));
        assert_eq!(first_fault(&parse(FileId(0), &text), &text), expected, "{file}");
    }
}
