//! The account of a translation: what an emitter says of each subject while it writes, and what is said of those that it
//! does not know. In the end every subject has exactly one entry.

use std::collections::{HashMap, HashSet};

use super::class::{Capability, Class, Shows};
use super::subject::{Subject, SubjectId, Subjects};
use super::unclaimed;
use crate::config::ScopeId;

/// What was said of the subjects so far.
#[derive(Debug, Default)]
pub struct Ledger {
    notes: HashMap<SubjectId, Vec<&'static Capability>>,
    /// Implicit defaults that the emitter found besides those of the model: name, value, scope.
    found: Vec<(&'static str, String, ScopeId)>,
    /// What holds for no request.
    idle: HashSet<SubjectId>,
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

    /// Says it of those of the subjects of which nothing was said yet.
    pub fn note_rest(&mut self, subjects: impl IntoIterator<Item = SubjectId>, capability: &'static Capability) {
        for subject in subjects {
            if !self.knows(subject) {
                self.note(subject, capability);
            }
        }
    }

    /// The subject of the implicit default `name value;`, which need not be known to the model.
    pub fn implicit(
        &mut self,
        subjects: &Subjects,
        name: &'static str,
        value: impl Into<String>,
        scope: ScopeId,
    ) -> SubjectId {
        let value = value.into();
        if let Some(known) = subjects.default_of(name, &value) {
            return known;
        }
        let same = |found: &(&'static str, String, ScopeId)| found.0 == name && found.1 == value;
        let at = self.found.iter().position(same).unwrap_or_else(|| {
            self.found.push((name, value, scope));
            self.found.len() - 1
        });
        SubjectId((subjects.iter().count() + at) as u32)
    }

    /// Gives the subjects the defaults that the emitter found, by the numbers that it has for them.
    pub fn settle(&mut self, subjects: &mut Subjects) {
        for (name, value, scope) in self.found.drain(..) {
            subjects.implicit(name, value, scope);
        }
    }

    /// Says what holds for no request: who says nothing of it loses nothing.
    pub fn idle(&mut self, subjects: HashSet<SubjectId>) {
        self.idle = subjects;
    }

    /// Whether anything was said of a subject.
    #[must_use]
    pub fn knows(&self, subject: SubjectId) -> bool {
        self.notes.contains_key(&subject)
    }

    /// Whether it was said of a subject that it is left out.
    #[must_use]
    pub fn is_lost(&self, subject: SubjectId) -> bool {
        let lost = |note: &Capability| matches!(note.class, Class::DroppedBehaviour | Class::Refused);
        self.notes.get(&subject).is_some_and(|notes| notes.iter().any(|note| lost(note)))
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
                None if self.idle.contains(&id) => unclaimed::idle(id, subject, lines),
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

    #[test]
    fn defaults_that_an_emitter_finds_are_subjects_too() {
        let mut subjects = Subjects::default();
        let known = subjects.implicit("weight", "1", ScopeId(0));
        let mut ledger = Ledger::default();
        assert_eq!(ledger.implicit(&subjects, "weight", "1", ScopeId(0)), known);
        let found = ledger.implicit(&subjects, "max_headers", "1000", ScopeId(0));
        assert_eq!(ledger.implicit(&subjects, "max_headers", "1000", ScopeId(0)), found);
        ledger.note(found, &SAME);
        ledger.settle(&mut subjects);
        assert_eq!(subjects.get(found).text(), "max_headers 1000");
        assert_eq!(ledger.close("nginx", &subjects, &HashMap::new())[1].class, Class::Exact);
    }
}
