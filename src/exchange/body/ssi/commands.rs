//! The commands of SSI, what they take, and whether they may stand where they stand.

use super::parse::Command;

/// Parameters of a command at most.
const MOST_PARAMS: usize = 16;

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Puts another answer here.
    Include,
    /// Writes a variable.
    Echo,
    /// Changes how times and errors are written.
    Config,
    /// Sets a variable.
    Set,
    /// What follows stands here on a condition.
    If,
    /// The same, where the conditions before did not hold.
    Elif,
    /// Where no condition held.
    Else,
    /// The end of all that.
    Endif,
    /// What follows is kept under a name.
    Block,
    /// The end of that.
    Endblock,
}

/// How far within a condition a page is, and how far a command asks it to be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Condition {
    /// Outside.
    #[default]
    None,
    /// After `if` or `elif`.
    If,
    /// After `else`.
    Else,
}

/// What a command takes.
pub struct Shape {
    word: &'static [u8],
    /// Which one it is.
    pub name: Name,
    /// Names of parameters, and whether they have to be there.
    params: &'static [(&'static [u8], bool)],
    /// It belongs to a condition, which may be so far at most.
    pub within: Condition,
}

const fn shape(word: &'static [u8], name: Name, params: &'static [(&'static [u8], bool)], within: Condition) -> Shape {
    Shape { word, name, params, within }
}

const INCLUDE: &[(&[u8], bool)] =
    &[(b"virtual", false), (b"file", false), (b"wait", false), (b"set", false), (b"stub", false)];

static SHAPES: &[Shape] = &[
    shape(b"include", Name::Include, INCLUDE, Condition::None),
    shape(b"echo", Name::Echo, &[(b"var", true), (b"default", false), (b"encoding", false)], Condition::None),
    shape(b"config", Name::Config, &[(b"errmsg", false), (b"timefmt", false)], Condition::None),
    shape(b"set", Name::Set, &[(b"var", true), (b"value", true)], Condition::None),
    shape(b"if", Name::If, &[(b"expr", true)], Condition::None),
    shape(b"elif", Name::Elif, &[(b"expr", true)], Condition::If),
    shape(b"else", Name::Else, &[], Condition::If),
    shape(b"endif", Name::Endif, &[], Condition::Else),
    shape(b"block", Name::Block, &[(b"name", true)], Condition::None),
    shape(b"endblock", Name::Endblock, &[], Condition::None),
];

/// The values of a command's parameters, in the order of its [`Shape`].
pub type Values = [Option<Vec<u8>>; 5];

impl Command {
    /// What it takes; none where there is no such command.
    pub fn shape(&self) -> Option<&'static Shape> {
        SHAPES.iter().find(|shape| shape.word == self.name)
    }

    /// As it was written, but for its quotes.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend([b"<!--#", &self.name[..]].concat());
        for (key, value) in &self.params {
            out.extend([b" ", &key[..], b"=\"", value, b"\""].concat());
        }
        out.extend_from_slice(b" -->");
    }

    /// Sorts its parameters.
    ///
    /// # Errors
    /// What is wrong with them, in nginx's words.
    pub fn values(self, shape: &Shape) -> Result<Values, Vec<u8>> {
        let name = self.name;
        if self.params.len() > MOST_PARAMS {
            return Err([b"too many SSI command parameters: \"", &name[..], b"\""].concat());
        }
        let mut values = Values::default();
        for (key, value) in self.params {
            let Some(at) = shape.params.iter().position(|(known, _)| *known == key) else {
                return Err([b"invalid parameter name: \"", &key[..], b"\" in \"", &name, b"\" SSI command"].concat());
            };
            if values[at].is_some() {
                return Err([b"duplicate \"", &key[..], b"\" parameter in \"", &name, b"\" SSI command"].concat());
            }
            values[at] = Some(value);
        }
        for ((key, is_due), value) in shape.params.iter().zip(&values) {
            if *is_due && value.is_none() {
                return Err([b"mandatory \"", *key, b"\" parameter is absent in \"", &name, b"\" SSI command"].concat());
            }
        }
        Ok(values)
    }
}
