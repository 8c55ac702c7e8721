//! The account of a translation: what an emitter says of each subject while it writes, and what is said of those that it
//! does not know. In the end every subject has exactly one entry.

use std::collections::HashMap;

use super::class::{Capability, Class, Shows};
use super::subject::{Subject, SubjectId, Subjects};
use super::unclaimed;

/// What was said of the subjects so far.
#[derive(Debug, Default)]
pub struct Ledger {
    notes: HashMap<SubjectId, Vec<&'static Capability>>,
}

/// The end of the account: one entry for each subject, in order.
#[derive(Debug)]
pub struct Entry {
    /// Whom it is about.
    pub subject: SubjectId,
    /// `TARGET/CODE` of a capability, `CLASS/DIRECTIVE` of what the emitter does not know.
    pub code: String,
    /// What is left of it: the worst of all that was said.
    pub class: Class,
    /// The difference, in one sentence; of what is exact, how it is written.
    pub says: String,
    /// Where the difference can be seen.
    pub shows: Vec<Shows>,
    /// The way out, or nothing.
    pub fix: String,
    /// Where it stands in the output: file and line, from 1.
    pub lines: Vec<(usize, usize)>,
}

impl Ledger {
    /// Says what becomes of a subject. Said twice of different things, the worst counts and all is told.
    pub fn note(&mut self, subject: SubjectId, capability: &'static Capability) {
        let notes = self.notes.entry(subject).or_default();
        if !notes.contains(&capability) {
            notes.push(capability);
        }
    }

    /// Whether anything was said of a subject.
    #[must_use]
    pub fn knows(&self, subject: SubjectId) -> bool {
        self.notes.contains_key(&subject)
    }

    /// The entries; `target` is the name of the emitter, `lines` where each subject stands in the output.
    #[must_use]
    pub fn close(
        mut self,
        target: &str,
        subjects: &Subjects,
        lines: &HashMap<SubjectId, Vec<(usize, usize)>>,
    ) -> Vec<Entry> {
        let entry = |(id, subject): (SubjectId, &Subject)| {
            let mut notes = self.notes.remove(&id).unwrap_or_default();
            // The sort is stable: of equally bad ones the first said comes first.
            notes.sort_by_key(|note| std::cmp::Reverse(note.class));
            let lines = lines.get(&id).cloned().unwrap_or_default();
            match notes.first() {
                Some(worst) => said(id, target, worst, &notes, lines),
                None => unclaimed::entry(id, subject, lines),
            }
        };
        subjects.iter().map(entry).collect()
    }
}

/// The entry of a subject that the emitter spoke of.
fn said(
    subject: SubjectId,
    target: &str,
    worst: &Capability,
    notes: &[&'static Capability],
    lines: Vec<(usize, usize)>,
) -> Entry {
    // What is exact need not be told beside what is not.
    let told: Vec<&&Capability> =
        notes.iter().filter(|note| note.class == worst.class || !note.shows.is_empty()).collect();
    let join = |text: fn(&Capability) -> &'static str| {
        let mut parts: Vec<&str> = Vec::new();
        for part in told.iter().map(|note| text(note)).filter(|part| !part.is_empty()) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join("; ")
    };
    let mut shows: Vec<Shows> = told.iter().flat_map(|note| note.shows).copied().collect();
    shows.sort_unstable();
    shows.dedup();
    Entry {
        subject,
        code: format!("{target}/{}", worst.code),
        class: worst.class,
        says: join(|note| note.says),
        shows,
        fix: join(|note| note.fix),
        lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ScopeId;

    static SAME: Capability = Capability::exact("weight", "weight", "weight N");
    static NEAR: Capability =
        Capability::approximate("weight", "weight-scaled", "weights are scaled", &[Shows::Peer], "use smaller ones");

    #[test]
    fn the_worst_counts_and_every_subject_has_one_entry() {
        let mut subjects = Subjects::default();
        let weight = subjects.implicit("weight", "1", ScopeId(0));
        let other = subjects.implicit("sub_filter", "x", ScopeId(0));
        let mut ledger = Ledger::default();
        ledger.note(weight, &SAME);
        ledger.note(weight, &NEAR);
        ledger.note(weight, &NEAR);
        let entries = ledger.close("haproxy", &subjects, &HashMap::new());
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[0].code.as_str(), entries[0].class), ("haproxy/weight-scaled", Class::Approximate));
        assert_eq!(entries[0].says, "weights are scaled");
        assert_eq!((entries[1].subject, entries[1].class), (other, Class::DroppedBehaviour));
    }
}
