//! nginx of another version: older or newer, NGINX Plus to open source.
//!
//! The configuration's own directives are edited: what the version has stays word for word, in one file. Defaults that
//! differ between the two versions are written down as they were (`flip`, `defaults`), what has another form takes that
//! (`protocols`), what only NGINX Plus or a newer version has is put in words that the target knows (`balance`,
//! `sticky`). What the target would still refuse goes, and a comment tells of it (`fit`): the output is read as the
//! target reads it until nothing is left to refuse.
//!
//! Left out is what no directive says: a version's bugs, and how it reads requests that few clients send (a single line
//! feed in chunks, `CONNECT`, several `Host`). Files that the configuration names (certificates, `types`, modules) must be
//! there; modules must be those of the version.

mod balance;
mod capabilities;
mod defaults;
mod fit;
mod flip;
mod names;
mod protocols;
mod read;
mod sticky;
#[cfg(test)]
mod tests;
mod tree;
mod write;

use super::{Ask, Emitter};
use crate::config::ScopeId;
use crate::modules::{Contexts, Presence, Target, Version, modules};
use crate::translate::ledger::Ledger;
use crate::translate::model::Model;
use crate::translate::output::File;
use crate::translate::subject::{SubjectId, What};
use crate::translate::{Capability, unclaimed};
use capabilities as can;
use tree::{NodeId, State, Tree};

/// The target.
pub static EMITTER: Emitter =
    Emitter { name: "nginx", title: "nginx of another version", capabilities: can::ALL, emit };

/// A translation on its way.
struct Job<'m> {
    model: &'m Model<'m>,
    /// The nginx that it was written for.
    from: &'m Target,
    /// The nginx that it is to run on.
    to: &'m Target,
    tree: Tree,
    ledger: &'m mut Ledger,
    /// What was left out for a reason that was said.
    lost: Vec<NodeId>,
    /// How many subjects the model has.
    count: u32,
}

fn emit(model: &Model, ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    let to = target(model.nginx, ask)?;
    let count = model.subjects.iter().count() as u32;
    let mut job = Job { model, from: model.nginx, to: &to, tree: read::read(model), ledger, lost: Vec::new(), count };
    protocols::translate(&mut job);
    balance::translate(&mut job);
    sticky::translate(&mut job);
    flip::translate(&mut job);
    defaults::translate(&mut job);
    fit::fit(&mut job)?;
    job.close();
    Ok(vec![write::own(&job.tree)])
}

/// The version that was asked for, with the modules of others that the configuration may use.
fn target(from: &Target, ask: &Ask) -> Result<Target, String> {
    let name = ask.version.as_ref().map_or_else(|| "nginx".to_owned(), |version| format!("nginx@{version}"));
    let mut to = Target::parse(&name).map_err(|error| error.to_string())?;
    for module in modules().filter(|module| matches!(module.presence, Presence::ThirdParty(_)) && from.has(module)) {
        to.add(module);
    }
    to.paths = from.paths.clone();
    Ok(to)
}

impl Job<'_> {
    /// Whether only the first of the two versions has what came with this one, and whether only the second has it.
    fn crosses(&self, version: Version) -> Option<Crossing> {
        match (self.from.version >= version, self.to.version >= version) {
            (true, false) => Some(Crossing::Back),
            (false, true) => Some(Crossing::Forth),
            _ => None,
        }
    }

    /// Says the same of all subjects of a directive.
    fn note(&mut self, node: NodeId, capability: &'static Capability) {
        for subject in &self.tree.get(node).from {
            self.ledger.note(*subject, capability);
        }
    }

    /// The subject of an implicit default, of which this is said.
    fn default(&mut self, name: &'static str, value: &str, scope: ScopeId, says: &'static Capability) -> SubjectId {
        let subject = self.ledger.implicit(&self.model.subjects, name, value, scope);
        self.ledger.note(subject, says);
        subject
    }

    /// Takes a directive out that others speak for now; they know whom they came from.
    fn hand_over(&mut self, node: NodeId, to: &[NodeId], capability: &'static Capability) {
        self.note(node, capability);
        let from = self.tree.get(node).from.clone();
        self.tree.get_mut(node).state = State::Moved;
        for id in to {
            self.tree.get_mut(*id).from.extend(&from);
        }
    }

    /// Leaves a directive out; what is said of it in the end is said by its name.
    fn drop(&mut self, node: NodeId) {
        self.tree.get_mut(node).state = State::Dropped;
    }

    /// Leaves out a directive whose loss has a name.
    fn lose(&mut self, node: NodeId, capability: &'static Capability) {
        self.note(node, capability);
        self.drop(node);
        self.lost.push(node);
    }

    /// Leaves a parameter out.
    fn strip(&mut self, node: NodeId, word: usize, capability: &'static Capability) {
        let own = self.tree.get_mut(node);
        let gone = own.words.remove(word);
        own.lost.push(gone.raw);
        self.note(node, capability);
    }

    /// The `http` block.
    fn http(&self) -> Option<NodeId> {
        self.tree.block(self.model.config.http?)
    }

    /// The blocks of `http` in which defaults are written down: `http`, of a fragment the block that it stands in. A
    /// fragment of `http` has neighbours that may say the same, so there they go into its servers.
    fn bases(&self) -> Vec<NodeId> {
        let Some(http) = self.http() else { return Vec::new() };
        match self.tree.around() {
            None => vec![http],
            Some(around) if around == http => self.tree.named(http, "server"),
            Some(around) => vec![around],
        }
    }

    /// The blocks of `http` in which a directive of these contexts may stand, an outer one before those in it.
    fn blocks(&self, contexts: Contexts) -> Vec<NodeId> {
        let fits = |id: &NodeId| {
            let opens = self.tree.get(*id).opens;
            opens.is_some_and(|scope| self.model.config.scope(scope).context.meets(contexts))
        };
        self.tree.kept().into_iter().filter(fits).collect()
    }

    /// What is left to say: of what stands there that it does, of defaults that they are the same.
    fn close(&mut self) {
        for id in (0..self.tree.nodes.len()).map(NodeId) {
            let node = self.tree.get(id);
            let said = node.state == State::Moved || self.lost.contains(&id);
            let (kept, alone) = (self.tree.is_kept(id), node.state == State::Dropped);
            let name = node.name().to_owned();
            for subject in node.from.clone() {
                match self.ledger.knows(subject) {
                    false if kept => self.ledger.note(subject, names::same(&name)),
                    true if !kept && !said => self.gone(subject, alone),
                    _ => {}
                }
            }
        }
        for (subject, own) in
            self.model.subjects.iter().filter(|(subject, _)| !self.ledger.knows(*subject)).collect::<Vec<_>>()
        {
            match &own.what {
                What::Default(..) => self.ledger.note(subject, &can::SAME_DEFAULT),
                What::Directive(_) if own.name() == "include" => self.ledger.note(subject, &can::INCLUDE),
                What::Directive(_) => {}
            }
        }
    }

    /// Of a directive, or a default written down, that went all the same; `alone` if not with the block around it.
    fn gone(&mut self, subject: SubjectId, alone: bool) {
        let own = (subject.0 < self.count).then(|| self.model.subjects.get(subject));
        let is_directive = own.is_some_and(|own| matches!(own.what, What::Directive(_)));
        if self.ledger.is_lost(subject) || !(is_directive || alone) {
            return;
        }
        let guards = own.is_some_and(|own| is_directive && unclaimed::protects(own));
        self.ledger.note(subject, if guards { &can::REMOVED_GUARD } else { &can::REMOVED });
    }
}

/// Which way a translation goes over a change between versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crossing {
    /// To a version before it.
    Back,
    /// To a version with it.
    Forth,
}
