//! A payload to statements, and what is wrong with it.

use std::collections::HashSet;
use std::fmt;

use serde_json::{Map, Value};

use super::layout;
use super::statement::Statement;

/// Why a payload cannot become a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// Where in the payload: `config[0].parsed[2].args[1]`; empty for the whole.
    pub path: String,
    /// What is wrong there.
    pub message: String,
    /// The way out.
    pub help: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    pub(super) fn new(path: &str, message: impl Into<String>, help: &str) -> ReadError {
        ReadError { path: path.to_owned(), message: message.into(), help: help.to_owned() }
    }
}

/// The name and the text of each file in a payload of either dialect, in its order. Names are as the payload has them:
/// see [`destinations`](super::destinations) before anything is written. Every statement stands on its line, as far as the
/// lines of a file do not go back; statements without `line` stand on lines of their own. The text is plain UTF-8.
///
/// # Errors
///
/// If the payload is no JSON, not of crossplane's shape, or tells of errors: then crossplane left directives out.
pub fn read(payload: &str) -> Result<Vec<(String, String)>, ReadError> {
    let value: Value = serde_json::from_str(payload).map_err(|error| unreadable(&error))?;
    let root = object(&value, "")?;
    without_errors(root, "")?;
    let Some(config) = root.get("config") else {
        return Err(ReadError::new("", "there is no \"config\"", "give the whole output of crossplane parse"));
    };
    let mut files = Vec::new();
    for (at, file) in list(Some(config), "config")?.iter().enumerate() {
        let path = format!("config[{at}]");
        let file = object(file, &path)?;
        without_errors(file, &path)?;
        let name = text(file.get("file"), &format!("{path}.file"))?;
        files.push((name, statements(file.get("parsed"), &format!("{path}.parsed"))?));
    }
    let maps = included_in_maps(&files);
    let laid_out = files.into_iter().enumerate().map(|(at, (name, statements))| {
        let text = layout::text(&statements, maps.contains(&at), &format!("config[{at}].parsed"))?;
        Ok((name, text))
    });
    laid_out.collect()
}

fn unreadable(error: &serde_json::Error) -> ReadError {
    let message = error.to_string();
    if message.starts_with("recursion limit exceeded") {
        let help = "move the innermost blocks into a file of their own and include that";
        return ReadError::new("", format!("the blocks are nested too deeply: {message}"), help);
    }
    ReadError::new("", format!("this is no JSON: {message}"), "give the output of crossplane parse")
}

/// crossplane leaves out what it finds wrong.
fn without_errors(object: &Map<String, Value>, path: &str) -> Result<(), ReadError> {
    let (errors, status) = (member(path, "errors"), member(path, "status"));
    let help = "repair the configuration and parse it again; if nothing is missing, set \"status\" to \"ok\" and \
                \"errors\" to []";
    if let Some(first) = list(object.get("errors"), &errors)?.first() {
        let error = first.get("error").and_then(Value::as_str).unwrap_or("an error");
        let message = format!("crossplane says: {error}; what it refused is not in the payload");
        return Err(ReadError::new(&format!("{errors}[0]"), message, help));
    }
    match object.get("status") {
        Some(Value::String(said)) if said == "failed" => {
            Err(ReadError::new(&status, "crossplane could not read this; what it refused is not in the payload", help))
        }
        _ => Ok(()),
    }
}

fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// What a value is, in JSON's words.
fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "true or false",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "a string",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
    }
}

fn mismatch(path: &str, wanted: &str, found: Option<&Value>) -> ReadError {
    let message = format!("this should be {wanted}, and is {}", kind(found));
    let help = match (wanted, found) {
        ("a string", Some(Value::Number(_) | Value::Bool(_))) => "put it in quotes",
        _ => "compare with the output of nginxlb translate or crossplane parse",
    };
    ReadError::new(path, message, help)
}

fn object<'v>(value: &'v Value, path: &str) -> Result<&'v Map<String, Value>, ReadError> {
    value.as_object().ok_or_else(|| mismatch(path, "an object", Some(value)))
}

fn text(value: Option<&Value>, path: &str) -> Result<String, ReadError> {
    value.and_then(Value::as_str).map(ToOwned::to_owned).ok_or_else(|| mismatch(path, "a string", value))
}

/// Go writes lists that were never made as null, or not at all.
fn list<'v>(value: Option<&'v Value>, path: &str) -> Result<&'v [Value], ReadError> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(values)) => Ok(values),
        found => Err(mismatch(path, "a list", found)),
    }
}

/// A number from 0; 0 is also what is not said.
fn number(value: Option<&Value>, path: &str) -> Result<usize, ReadError> {
    match value {
        None | Some(Value::Null) => Ok(0),
        Some(Value::Number(number)) => {
            number.as_u64().and_then(|number| usize::try_from(number).ok()).ok_or_else(|| {
                ReadError::new(path, "this should be a whole number from 0", "leave it out if it is not known")
            })
        }
        found => Err(mismatch(path, "a number", found)),
    }
}

fn statements(value: Option<&Value>, path: &str) -> Result<Vec<Statement>, ReadError> {
    let values = list(value, path)?.iter().enumerate();
    values.map(|(at, value)| statement(value, &format!("{path}[{at}]"))).collect()
}

fn statement(value: &Value, path: &str) -> Result<Statement, ReadError> {
    let value = object(value, path)?;
    let given = |name: &str| value.get(name).filter(|value| !value.is_null());
    let at = |name: &str| member(path, name);
    let optional = |name: &str| given(name).map(|value| text(Some(value), &at(name))).transpose();
    let args = list(value.get("args"), &at("args"))?.iter().enumerate();
    let includes = list(value.get("includes"), &at("includes"))?.iter().enumerate();
    Ok(Statement {
        file: optional("file")?,
        directive: text(value.get("directive"), &at("directive"))?,
        line: number(value.get("line"), &at("line"))?,
        args: args.map(|(n, arg)| text(Some(arg), &format!("{path}.args[{n}]"))).collect::<Result<_, _>>()?,
        includes: Some(
            includes.map(|(n, at)| number(Some(at), &format!("{path}.includes[{n}]"))).collect::<Result<_, _>>()?,
        ),
        block: given("block").map(|block| statements(Some(block), &at("block"))).transpose()?,
        comment: optional("comment")?,
        in_map: given("mapBlockParameter") == Some(&Value::Bool(true)),
    })
}

/// The files that are included where entries are free words.
fn included_in_maps(files: &[(String, Vec<Statement>)]) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut open: Vec<(&[Statement], bool)> = files.iter().map(|(_, statements)| (&**statements, false)).collect();
    while let Some((statements, in_map)) = open.pop() {
        for statement in statements {
            let block = statement.block.as_deref();
            open.extend(block.map(|block| (block, in_map || statement.is_map())));
            for index in statement.includes.iter().flatten().filter(|_| in_map) {
                if found.insert(*index) {
                    open.extend(files.get(*index).map(|(_, statements)| (&**statements, true)));
                }
            }
        }
    }
    found
}
