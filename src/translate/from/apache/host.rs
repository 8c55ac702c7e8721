//! What the rules are for: the folder of an `.htaccess`, or virtual hosts with the folders in them.

use super::capabilities as can;
use super::read::Wrong;
use super::scope::{Page, Scope};
use super::text::word;
use super::{Account, Item};
use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// Writes them.
pub(super) struct Hosts<'a> {
    pub(super) account: &'a mut Account,
    pub(super) out: &'a mut Lines,
    pub(super) rules: &'a mut usize,
    /// The file's name, for comments.
    pub(super) name: &'a str,
    pub(super) line: &'a dyn Fn(&Item) -> usize,
}

/// What a virtual host says of itself: lines, and who they came from.
#[derive(Default)]
struct Own {
    lines: Vec<(Vec<SubjectId>, String)>,
    names: Vec<(SubjectId, Vec<String>)>,
    root: Option<String>,
    tls: Option<SubjectId>,
    certificate: [Option<(SubjectId, String)>; 2],
}

impl Hosts<'_> {
    /// A folder's file. Without virtual hosts, sections for folders have no place in it.
    pub(super) fn folder(&mut self, items: &[Item]) -> Result<(), Wrong> {
        let mut scope = Scope::default();
        for item in items {
            let line = (self.line)(item);
            if !scope.take(item, line, self.account)? {
                self.account.lost(item);
            }
        }
        scope.write(Some("/"), false, &mut self.page(""));
        Ok(())
    }

    fn page(&mut self, indent: &'static str) -> Page<'_> {
        Page { account: self.account, out: self.out, rules: self.rules, name: self.name, indent, once: true }
    }

    /// A configuration with virtual hosts. What stands outside of them is for other requests.
    pub(super) fn hosts(&mut self, items: &[Item]) -> Result<(), Wrong> {
        for item in items {
            match item.node.name().as_str() {
                "virtualhost" => self.host(item)?,
                // It is said by the hosts.
                "listen" => self.account.ledger.note(item.id, &can::OPTION),
                _ => self.account.lost(item),
            }
        }
        Ok(())
    }

    fn host(&mut self, host: &Item) -> Result<(), Wrong> {
        let inside = host.inside.as_deref().unwrap_or_default();
        let (mut own, mut scope) = (Own::default(), Scope::default());
        let root = inside.iter().find(|item| item.node.name() == "documentroot").and_then(|item| item.node.arg(1));
        own.root = root.map(|root| root.trim_end_matches('/').to_owned());
        let mut folders: Vec<(String, Scope)> = Vec::new();
        for item in inside {
            let line = (self.line)(item);
            if own.take(item) || scope.take(item, line, self.account)? {
                continue;
            }
            let folder = own.folder(item).filter(|_| item.node.name() == "directory");
            let Some(folder) = folder else {
                self.account.lost(item);
                continue;
            };
            let mut below = Scope::default();
            self.account.ledger.note(item.id, &can::SECTION);
            for item in item.inside.iter().flatten() {
                let line = (self.line)(item);
                if !below.take(item, line, self.account)? {
                    self.account.lost(item);
                }
            }
            folders.push((folder, below));
        }
        // Rules of the innermost folder are the only ones that Apache looks at.
        folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        self.open(host, own);
        let followed = folders.iter().any(|(_, below)| below.has_rules());
        let mut page = self.page("    ");
        scope.write(None, followed, &mut page);
        let count = folders.len();
        for (at, (folder, below)) in folders.into_iter().enumerate() {
            below.write(Some(&folder), at + 1 < count, &mut page);
        }
        self.out.plain("}");
        Ok(())
    }

    fn open(&mut self, host: &Item, own: Own) {
        let ledger = &mut self.account.ledger;
        ledger.note(host.id, &can::HOST);
        self.out.plain(&format!("# {}:{}", self.name, (self.line)(host)));
        self.out.line(&[host.id], "server {");
        let [certificate, key] = own.certificate;
        let tls = own.tls.zip(certificate).zip(key);
        for address in host.node.args() {
            let ssl = if tls.is_some() { " ssl" } else { "" };
            self.out.line(&[host.id], &format!("    listen {}{ssl};", word(&listened(address))));
        }
        for (from, line) in own.lines {
            for from in &from {
                ledger.note(*from, &can::HOST);
            }
            self.out.line(&from, &format!("    {line}"));
        }
        let ids: Vec<SubjectId> = own.names.iter().map(|(id, _)| *id).collect();
        let names: Vec<String> = own.names.into_iter().flat_map(|(_, names)| names).map(|name| word(&name)).collect();
        if !names.is_empty() {
            for from in &ids {
                ledger.note(*from, &can::HOST);
            }
            self.out.line(&ids, &format!("    server_name {};", names.join(" ")));
        }
        match tls {
            Some(((engine, (certificate, file)), (key, key_file))) => {
                for of in [engine, certificate, key] {
                    ledger.note(of, &can::HOST);
                }
                self.out.line(&[certificate], &format!("    ssl_certificate {};", word(&file)));
                self.out.line(&[key], &format!("    ssl_certificate_key {};", word(&key_file)));
            }
            None => own.tls.iter().for_each(|of| ledger.note(*of, &can::PROTECTS)),
        }
    }
}

impl Own {
    /// Takes what is about the host itself; tells whether it was.
    fn take(&mut self, item: &Item) -> bool {
        let (Some(first), id) = (item.node.arg(1), item.id) else { return false };
        match item.node.name().as_str() {
            "servername" | "serveralias" => {
                // A scheme or a port in a name is for URLs that Apache makes of it.
                let bare = |name: &str| {
                    let name = name.rsplit("://").next().unwrap_or(name);
                    name.split(':').next().unwrap_or(name).to_owned()
                };
                self.names.push((id, item.node.args().map(bare).collect()));
            }
            "documentroot" => self.lines.push((vec![id], format!("root {};", word(first)))),
            "sslengine" if first.eq_ignore_ascii_case("on") => self.tls = Some(id),
            "sslcertificatefile" => self.certificate[0] = Some((id, first.to_owned())),
            "sslcertificatekeyfile" => self.certificate[1] = Some((id, first.to_owned())),
            _ => return false,
        }
        true
    }

    /// The beginning of the paths of a folder at or below the root.
    fn folder(&self, item: &Item) -> Option<String> {
        let below = item.node.arg(1)?.trim_end_matches('/').strip_prefix(self.root.as_deref()?)?;
        (below.is_empty() || below.starts_with('/')).then(|| format!("{below}/"))
    }
}

/// `*:80` and `_default_:80` are every address.
fn listened(address: &str) -> String {
    let address = address.strip_prefix("_default_").map_or(address.to_owned(), |rest| format!("*{rest}"));
    match address.as_str() {
        "*" | "*:*" => "80".to_owned(),
        address => address.strip_prefix("*:").unwrap_or(address).to_owned(),
    }
}
