//! Server side includes: `ngx_http_ssi_filter_module.c`. A [`Page`] takes the content of an answer and gives what it
//! becomes; where another answer is to stand it gives an [`Include`], and it is the driver who gets that one.
//!
//! Variables, blocks and captures are those of the whole request: [`Shared`]. `ssi_min_file_chunk` and
//! `ssi_ignore_recycled_buffers` change nothing that can be seen.

mod commands;
mod condition;
mod date;
mod head;
mod parse;
#[cfg(test)]
mod tests;
mod text;

pub use head::SsiTerms;
pub(in crate::exchange) use head::filter;

use commands::{Condition, Name, Values};
use parse::{Command, Found, Parser};

use super::Broken;
use crate::exchange::route::judge_path;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;

/// The format of times unless the page chooses another.
const TIME_FORMAT: &[u8] = b"%A, %d-%b-%Y %H:%M:%S %Z";
/// Subrequests of one request that may live at the same time.
const MOST_PARTS: usize = 65_535 - 1000;

/// What the pages of one request have together.
#[derive(Debug, Default)]
pub struct Shared {
    variables: Vec<(Vec<u8>, Vec<u8>)>,
    blocks: Vec<(Vec<u8>, Vec<u8>)>,
    /// Of the last regular expression that matched: the whole, then its groups.
    captures: Vec<Vec<u8>>,
    /// Subrequests that live.
    pub parts: usize,
}

/// A subrequest whose answer is to stand in the page.
#[derive(Debug, PartialEq, Eq)]
pub struct Include {
    /// Its path.
    pub path: Vec<u8>,
    /// Its arguments.
    pub args: Vec<u8>,
    /// The page goes on once it is over.
    pub waits: bool,
    /// The variable that takes its answer, which then does not stand in the page.
    pub set: Option<Vec<u8>>,
    /// What stands in its place if it has no answer.
    pub stub: Option<Vec<u8>>,
}

/// The page that an answer is.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Page {
    parser: Parser,
    silent_errors: bool,
    error: Vec<u8>,
    time_format: Vec<u8>,
    encoding: Encoding,
    /// Content goes out.
    is_shown: bool,
    /// One of the branches was shown.
    is_chosen: bool,
    condition: Condition,
    /// Content is kept as a block.
    in_block: bool,
    /// What there is to log, in nginx's words; the driver takes it.
    pub complaints: Vec<Vec<u8>>,
}

/// How variables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    None,
    Url,
    Entity,
}

/// Why a command fails.
#[derive(Debug, PartialEq, Eq)]
enum Bad {
    /// So said.
    Said(Vec<u8>),
    /// The answer cannot be completed.
    Broken,
}

/// Where commands are evaluated.
pub struct Scene<'a> {
    site: &'a Site,
    exchange: &'a mut Exchange,
    shared: &'a mut Shared,
    time_format: &'a [u8],
}

impl Shared {
    fn get(&self, name: &[u8]) -> Option<&[u8]> {
        if let [digit @ b'0'..=b'9'] = name
            && let Some(capture) = self.captures.get(usize::from(digit - b'0'))
        {
            return Some(capture);
        }
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| &value[..])
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &[u8], value: Vec<u8>) {
        let name = name.to_ascii_lowercase();
        match self.variables.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.variables.push((name, value)),
        }
    }
}

impl Page {
    /// A page whose values have so many bytes at most.
    #[must_use]
    pub fn new(most_value: usize, silent_errors: bool) -> Page {
        Page {
            parser: Parser::new(most_value),
            silent_errors,
            error: b"[an error occurred while processing the directive]".to_vec(),
            time_format: TIME_FORMAT.to_vec(),
            encoding: Encoding::Entity,
            is_shown: true,
            is_chosen: false,
            condition: Condition::None,
            in_block: false,
            complaints: Vec::new(),
        }
    }

    /// Takes content off `input` and appends to `out` what it becomes, until an answer is to stand there.
    ///
    /// # Errors
    /// The answer cannot be completed.
    pub fn read(
        &mut self,
        site: &Site,
        exchange: &mut Exchange,
        shared: &mut Shared,
        input: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Include>, Broken> {
        while let Some(found) = self.parser.next(input) {
            let done = match found {
                Found::Text(text) if self.is_shown => {
                    out.extend_from_slice(text);
                    continue;
                }
                Found::Text(text) => {
                    self.keep(shared, |block| block.extend_from_slice(text));
                    continue;
                }
                Found::Wrong(text) => {
                    self.complaints.push(text);
                    continue;
                }
                Found::Failed => Err(Bad::Said(Vec::new())),
                Found::Command(command) => {
                    let time_format = self.time_format.clone();
                    let scene = Scene { site, exchange: &mut *exchange, shared, time_format: &time_format };
                    self.command(scene, command, out)
                }
            };
            match done {
                Ok(None) => {}
                Ok(include) => return Ok(include),
                Err(Bad::Broken) => return Err(Broken),
                Err(Bad::Said(text)) => {
                    if !text.is_empty() {
                        self.complaints.push(text);
                    }
                    if !self.silent_errors {
                        out.extend_from_slice(&self.error);
                    }
                }
            }
        }
        Ok(None)
    }

    /// Adds to the block that is open.
    fn keep(&self, shared: &mut Shared, write: impl FnOnce(&mut Vec<u8>)) {
        if self.in_block
            && let Some((_, block)) = shared.blocks.last_mut()
        {
            write(block);
        }
    }

    fn command(&mut self, mut scene: Scene, command: Command, out: &mut Vec<u8>) -> Result<Option<Include>, Bad> {
        let quoted = |text: &str| Bad::Said([text.as_bytes(), b": \"", &command.name[..], b"\""].concat());
        let Some(shape) = command.shape() else {
            return if self.is_shown { Err(quoted("invalid SSI command")) } else { Ok(None) };
        };
        if !self.is_shown && shape.name != Name::Endblock {
            if self.in_block {
                self.keep(scene.shared, |block| command.write(block));
                return Ok(None);
            }
            if shape.within == Condition::None {
                return Ok(None);
            }
        }
        if shape.within != Condition::None && (self.condition == Condition::None || self.condition > shape.within) {
            return Err(quoted("invalid context of SSI command"));
        }
        let values = command.values(shape).map_err(Bad::Said)?;
        match shape.name {
            Name::Include => return Page::include(&mut scene, values).map(Some),
            Name::Echo => self.echo(&mut scene, values, out)?,
            Name::Config => {
                let [error, time_format, ..] = values;
                self.error = error.unwrap_or_else(|| std::mem::take(&mut self.error));
                self.time_format = time_format.unwrap_or_else(|| std::mem::take(&mut self.time_format));
            }
            Name::Set => {
                let [name, value, ..] = values.map(Option::unwrap_or_default);
                let value = text::evaluate(&mut scene, &value, false)?;
                scene.shared.set(&name, value);
            }
            Name::If | Name::Elif => {
                if shape.name == Name::If && self.condition != Condition::None {
                    return Err(Bad::Said(b"the \"if\" command inside the \"if\" command".to_vec()));
                }
                let [expression, ..] = values.map(Option::unwrap_or_default);
                self.is_shown = !self.is_chosen && condition::holds(&mut scene, expression)?;
                self.is_chosen |= self.is_shown;
                self.condition = Condition::If;
            }
            Name::Else => (self.is_shown, self.condition) = (!self.is_chosen, Condition::Else),
            Name::Endif => (self.is_shown, self.is_chosen, self.condition) = (true, false, Condition::None),
            Name::Block => {
                let [name, ..] = values.map(Option::unwrap_or_default);
                scene.shared.blocks.push((name, Vec::new()));
                (self.is_shown, self.in_block) = (false, true);
            }
            Name::Endblock => (self.is_shown, self.in_block) = (true, false),
        }
        Ok(None)
    }

    fn echo(&mut self, scene: &mut Scene, values: Values, out: &mut Vec<u8>) -> Result<(), Bad> {
        let [name, default, encoding, ..] = values;
        let Ok(found) = text::variable(scene, &name.unwrap_or_default()) else {
            return Err(Bad::Said(Vec::new()));
        };
        let value = found.or(default).unwrap_or_else(|| b"(none)".to_vec());
        if value.is_empty() {
            return Ok(());
        }
        match encoding.as_deref() {
            None => {}
            Some(b"none") => self.encoding = Encoding::None,
            Some(b"url") => self.encoding = Encoding::Url,
            Some(b"entity") => self.encoding = Encoding::Entity,
            Some(other) => {
                self.complaints.push([b"unknown encoding \"", other, b"\" in the \"echo\" command"].concat());
            }
        }
        for byte in value {
            write_encoded(byte, self.encoding, out);
        }
        Ok(())
    }

    fn include(scene: &mut Scene, values: Values) -> Result<Include, Bad> {
        let [path, file, wait, set, stub] = values;
        let said = |parts: &[&[u8]]| Bad::Said(parts.concat());
        let is_file = path.is_none();
        let text = match (path, file) {
            (Some(path), Some(file)) => {
                return Err(said(&[b"inclusion may be either virtual=\"", &path, b"\" or file=\"", &file, b"\""]));
            }
            (Some(text), None) | (None, Some(text)) => text,
            (None, None) => return Err(said(&[b"no parameter in \"include\" SSI command"])),
        };
        if set.is_some() && stub.is_some() {
            return Err(said(&[b"\"set\" and \"stub\" cannot be used together in \"include\" SSI command"]));
        }
        let waits = match wait {
            None => is_file,
            Some(_) if is_file => return Err(said(&[b"\"wait\" cannot be used with file=\"", &text, b"\""])),
            Some(wait) if wait.eq_ignore_ascii_case(b"no") => false,
            Some(wait) if wait.eq_ignore_ascii_case(b"yes") => true,
            Some(wait) => return Err(said(&[b"invalid value \"", &wait, b"\" in the \"wait\" parameter"])),
        };
        let uri = text::evaluate(scene, &text, true)?;
        let Some((path, args)) = judge_path(&uri) else {
            return Err(said(&[b"unsafe URI \"", &uri, b"\" was detected"]));
        };
        let stub = match stub {
            None => None,
            Some(name) => match scene.shared.blocks.iter().find(|(known, _)| *known == name) {
                Some((_, block)) => Some(block.clone()),
                None => return Err(said(&[b"\"stub\"=\"", &name, b"\" for \"include\" not found"])),
            },
        };
        if let Some(name) = &set
            && scene.shared.get(&name.to_ascii_lowercase()).is_none()
        {
            scene.shared.set(name, Vec::new());
        }
        let refused: &[u8] = if scene.exchange.subs_left == 0 {
            b"subrequests cycle while processing \""
        } else if scene.shared.parts >= MOST_PARTS {
            b"request reference counter overflow while processing \""
        } else if scene.exchange.is_in_memory {
            b"nested in-memory subrequest \""
        } else {
            return Ok(Include { path, args: args.to_vec(), waits: waits || set.is_some(), set, stub });
        };
        Err(said(&[refused, &path, b"\""]))
    }
}

/// Appends a byte of a value.
fn write_encoded(byte: u8, encoding: Encoding, out: &mut Vec<u8>) {
    let text: &[u8] = match (encoding, byte) {
        (Encoding::Url, _) if byte <= b' ' || byte >= 0x7f || b"\"#%'<>\\^`{|}".contains(&byte) => {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
            return;
        }
        (Encoding::Entity, b'<') => b"&lt;",
        (Encoding::Entity, b'>') => b"&gt;",
        (Encoding::Entity, b'&') => b"&amp;",
        (Encoding::Entity, b'"') => b"&quot;",
        _ => &[byte],
    };
    out.extend_from_slice(text);
}
