//! What holds for every configuration of the supported part: it translates into every target, the same way each time,
//! without a directive missing from the account, and the account points at lines that are there.

use std::path::Path;

use nginxlb::translate::targets::EMITTERS;
use nginxlb::translate::{Class, File};
use proptest::prelude::*;

use crate::Good;
use crate::configurations::configuration;
use crate::statements::statements;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_missing(text in configuration()) {
        // Names of what stands where it may not, such as two of a kind, are nginx's to refuse.
        let Some(good) = Good::of(&[("nginx.conf", &text)]) else { return Err(TestCaseError::reject("nginx refuses it")) };
        let wanted = statements(&text).len();
        for emitter in EMITTERS {
            let translation = good.to(emitter);
            let again = good.to(emitter);
            let texts = |files: &[File]| -> Vec<String> { files.iter().map(|file| file.text.clone()).collect() };
            prop_assert_eq!(texts(&translation.files), texts(&again.files), "{}: not the same again", emitter.name);
            let directives = translation.entries.iter().filter(|entry| translation.subjects.get(entry.subject).span().is_some());
            prop_assert_eq!(directives.count(), wanted, "{}", emitter.name);
            for entry in &translation.entries {
                prop_assert!(!entry.says.is_empty(), "{}: nothing is said of {}", emitter.name, entry.code);
                let differs = matches!(entry.class, Class::Approximate | Class::DroppedBehaviour | Class::Refused);
                prop_assert_eq!(differs, !entry.shows.is_empty(), "{}: {}", emitter.name, &entry.code);
                for (file, line) in &entry.lines {
                    let there = translation.files[*file].text.lines().nth(*line - 1);
                    prop_assert!(there.is_some_and(|line| !line.trim().is_empty()), "{}: {} at line {line}", emitter.name, &entry.code);
                }
            }
            for file in translation.files.iter().filter(|file| Path::new(&file.path).extension().is_some_and(|end| end == "json")) {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&file.text).is_ok(), "{}", emitter.name);
            }
        }
    }
}
