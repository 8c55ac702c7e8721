//! Variables of a realm (`http`, `stream`): which exist, which are used, and text that contains them.
//!
//! nginx learns of a variable where a directive defines it, notes every use, and complains about unknown ones only
//! at the end of the block. So definitions may follow uses.

use rustc_hash::FxHashMap;

use super::cx::Cx;
use super::fault::{Fault, Verdict};
use crate::syntax::{Span, Word};

/// May be defined again (`set`, `map` over a built-in): nginx's `NGX_HTTP_VAR_CHANGEABLE`.
pub const CHANGEABLE: u8 = 1;
/// Does not hide a prefix variable of the same name: nginx's `NGX_HTTP_VAR_WEAK`.
pub const WEAK: u8 = 2;

/// The variables of one realm.
#[derive(Debug, Default)]
pub struct Variables {
    defined: FxHashMap<String, Definition>,
    used: Vec<(String, Span)>,
    indices: FxHashMap<String, usize>,
}

/// One variable that a directive defines.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// [`CHANGEABLE`], [`WEAK`].
    pub flags: u8,
    /// The word that named it first.
    pub span: Span,
    /// It has a value of its own; nginx's get_handler is set.
    pub valued: bool,
}

impl Variables {
    /// The definition that a directive made, if one did.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.defined.get(&name.to_ascii_lowercase())
    }

    /// The names that directives define, in lower case, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.defined.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// Every use, in nginx's order of first use: lower-case name and where.
    pub fn uses(&self) -> impl Iterator<Item = (&str, Span)> {
        self.used.iter().map(|(name, span)| (name.as_str(), *span))
    }
}

impl Cx<'_> {
    /// `ngx_http_add_variable`: a directive defines `name` (without `$`).
    ///
    /// # Errors
    /// `the duplicate "x" variable` when it is a built-in, or was defined, without [`CHANGEABLE`].
    pub fn define(&mut self, name: &str, flags: u8, span: Span) -> Verdict {
        if name.is_empty() {
            return Err(Fault::emerg("invalid variable name \"$\"").at(span));
        }
        let key = name.to_ascii_lowercase();
        let exact = self.target.variable(self.kind(), &key).filter(|variable| !variable.prefix);
        let builtin = exact.map(|variable| variable.changeable);
        let variables = self.realm_slot::<Variables>();
        let known = variables.defined.get(&key).map(|known| known.flags & CHANGEABLE != 0).or(builtin);
        if known == Some(false) {
            let mut fault = Fault::emerg(format!("the duplicate \"{name}\" variable")).at(span);
            if let Some(first) = variables.defined.get(&key) {
                fault = fault.related(first.span, "defined here");
            }
            return Err(fault);
        }
        let definition = variables.defined.entry(key).or_insert(Definition { flags, span, valued: false });
        if flags & WEAK == 0 {
            definition.flags &= !WEAK;
        }
        definition.valued = true;
        Ok(())
    }

    /// `ngx_http_get_variable_index`: notes a use of `name` (without `$`); whether it exists is judged at the end.
    ///
    /// # Errors
    /// nginx's message for an empty name.
    pub fn index_of_variable(&mut self, name: &str, span: Span) -> Result<usize, Fault> {
        if name.is_empty() {
            return Err(Fault::emerg("invalid variable name \"$\"").at(span));
        }
        let variables = self.realm_slot::<Variables>();
        if let Some(index) = variables.indices.get(name) {
            return Ok(*index);
        }
        let key = name.to_ascii_lowercase();
        let next = variables.used.len();
        let index = *variables.indices.entry(key.clone()).or_insert(next);
        if index == next {
            variables.used.push((key, span));
        }
        Ok(index)
    }

    /// Compiles text with variables (`ngx_http_script_compile`), noting each use.
    ///
    /// # Errors
    /// nginx's messages for `$` without a name and `${` without its end.
    pub fn complex(&mut self, word: &Word) -> Result<Text, Fault> {
        self.complex_text(&word.value, word.span)
    }

    /// [`Cx::complex`] for a part of a word.
    ///
    /// # Errors
    /// As there.
    pub fn complex_text(&mut self, text: &str, span: Span) -> Result<Text, Fault> {
        let parts = Text::read(text).map_err(|fault| fault.at(span))?;
        for part in &parts.0 {
            if let Part::Variable(name) = part {
                self.index_of_variable(name, span)?;
            }
        }
        Ok(parts)
    }

    /// The end of the realm (`ngx_http_variables_init_vars`): the first used variable that nothing defines is nginx's
    /// fault; every one is ours.
    pub(crate) fn check_variables(&mut self) {
        let kind = self.kind();
        let uses = std::mem::take(&mut self.realm_slot::<Variables>().used);
        for (name, span) in &uses {
            let defined = self.realm_slot::<Variables>().defined.contains_key(name);
            if !defined && self.target.variable(kind, name).is_none() {
                self.warn(Fault::emerg(format!("unknown \"{name}\" variable")).at(*span).unlocated());
            }
        }
        self.realm_slot::<Variables>().used = uses;
    }
}

/// Text with variables, in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub Vec<Part>);

/// A part of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// `$name` or `${name}`, as written.
    Variable(String),
    /// `$1` to `$9`.
    Capture(u8),
}

impl Text {
    /// Cuts text at its variables.
    ///
    /// # Errors
    /// nginx's messages, without a place.
    pub fn read(text: &str) -> Result<Text, Fault> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            if dollar > 0 {
                parts.push(Part::Literal(rest[..dollar].to_owned()));
            }
            rest = &rest[dollar + 1..];
            if let Some(digit @ b'1'..=b'9') = rest.bytes().next() {
                parts.push(Part::Capture(digit - b'0'));
                rest = &rest[1..];
                continue;
            }
            let braced = rest.strip_prefix('{');
            let name_on = braced.unwrap_or(rest);
            if name_on.is_empty() {
                return Err(Fault::emerg("invalid variable name"));
            }
            let length = name_on.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
            let (name, after) = name_on.split_at(length);
            rest = match (braced, after.strip_prefix('}')) {
                (Some(_), Some(closed)) => closed,
                (Some(_), None) => {
                    return Err(Fault::emerg(format!("the closing bracket in \"{name}\" variable is missing")));
                }
                (None, _) => after,
            };
            if name.is_empty() {
                return Err(Fault::emerg("invalid variable name"));
            }
            parts.push(Part::Variable(name.to_owned()));
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Text(parts))
    }

    /// The text, if it has no variables.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it has a variable or a capture.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.0.iter().any(|part| !matches!(part, Part::Literal(_)))
    }
}
