//! The condition of `if`: nginx's `ngx_http_rewrite_if_condition`, which reads words, not an expression: an operator
//! needs blanks around it, and the parentheses are only cut off.

use crate::modules::prelude::*;

/// When an `if` block counts.
#[derive(Debug)]
pub enum Condition {
    /// `$variable`: neither empty nor `0`.
    Set(String),
    /// `$variable = text`, `$variable != text`
    Equal {
        /// Without `$`.
        variable: String,
        /// What it is compared with.
        value: Text,
        /// `!=`
        negated: bool,
    },
    /// `$variable ~ regex` and its kin
    Matches {
        /// Without `$`.
        variable: String,
        /// The expression.
        regex: Regex,
        /// `!~`, `!~*`
        negated: bool,
    },
    /// `-f path` and its kin
    File {
        /// What is asked about it.
        test: FileTest,
        /// The file.
        path: Text,
        /// `!-f` and its kin
        negated: bool,
    },
}

/// What is asked about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileTest {
    /// `-f`: it is a file.
    File,
    /// `-d`: it is a folder.
    Folder,
    /// `-e`: it is there.
    Exists,
    /// `-x`: it may be executed.
    Executable,
}

/// A word of the condition, its parenthesis cut off.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    span: Span,
}

impl Piece<'_> {
    fn invalid(self) -> Fault {
        let fault = Fault::emerg(format!("invalid condition \"{}\"", self.text)).at(self.span);
        fault.help(
            "if ($variable), if ($variable = text), if ($variable ~ regex), if (-f path), with blanks around \"=\" and \"~\"",
        )
    }
}

/// Reads the condition of a call of `if`.
pub(super) fn read(cx: &mut Cx, call: &Call) -> Result<Condition, Fault> {
    let pieces = pieces(call)?;
    match pieces[..] {
        [first] => {
            let name = variable(first).ok_or_else(|| first.invalid())?;
            cx.index_of_variable(name, first.span)?;
            Ok(Condition::Set(name.to_owned()))
        }
        [first, operator, value] if variable(first).is_some() => compared(cx, first, operator, value),
        [operator, path] => file(cx, operator, path),
        [first, ..] => Err(first.invalid()),
        [] => Err(Piece { text: ")", span: call.span(call.words.len() - 1) }.invalid()),
    }
}

/// The words between the parentheses, which may stand alone or be glued to what is inside.
fn pieces<'c>(call: &Call<'c>) -> Result<Vec<Piece<'c>>, Fault> {
    let words = call.args();
    let mut pieces: Vec<Piece> = words.iter().map(|word| Piece { text: &word.value, span: word.span }).collect();
    let Some(first) = pieces.first_mut() else { return Ok(pieces) };
    let inside = first.text.strip_prefix('(').ok_or_else(|| first.invalid())?;
    let lone = inside.is_empty();
    if !lone {
        first.text = inside;
    }
    let count = pieces.len();
    let Some(last) = pieces.last_mut() else { return Ok(pieces) };
    match last.text.strip_suffix(')') {
        None => return Err(last.invalid()),
        // nginx looks at `)` itself when nothing stands before it.
        Some("") if count == 1 || (lone && count == 2) => return Ok(Vec::new()),
        Some("") => {
            pieces.pop();
        }
        Some(text) => last.text = text,
    }
    if lone {
        pieces.remove(0);
    }
    Ok(pieces)
}

fn variable(piece: Piece<'_>) -> Option<&str> {
    piece.text.strip_prefix('$').filter(|name| !name.is_empty())
}

fn compared(cx: &mut Cx, first: Piece, operator: Piece, value: Piece) -> Result<Condition, Fault> {
    let variable = variable(first).unwrap_or_default().to_owned();
    cx.index_of_variable(&variable, first.span)?;
    let negated = operator.text.starts_with('!');
    match operator.text {
        "=" | "!=" => {
            let value = cx.complex_text(value.text, value.span)?;
            Ok(Condition::Equal { variable, value, negated })
        }
        "~" | "~*" | "!~" | "!~*" => {
            let regex = cx.capturing_regex(value.text, operator.text.ends_with('*'), value.span)?;
            Ok(Condition::Matches { variable, regex, negated })
        }
        other => {
            let fault = Fault::emerg(format!("unexpected \"{other}\" in condition")).at(operator.span);
            Err(fault.help("one of =, !=, ~, ~*, !~, !~*"))
        }
    }
}

fn file(cx: &mut Cx, operator: Piece, path: Piece) -> Result<Condition, Fault> {
    let negated = operator.text.starts_with('!');
    let test = operator.text.trim_start_matches('!').strip_prefix('-');
    let test = test.filter(|letter| letter.len() == 1 && operator.text.len() <= 3).ok_or_else(|| operator.invalid())?;
    let path = cx.complex_text(path.text, path.span)?;
    let test = match test {
        "f" => FileTest::File,
        "d" => FileTest::Folder,
        "e" => FileTest::Exists,
        "x" => FileTest::Executable,
        _ => return Err(operator.invalid().help("one of -f, -d, -e, -x, each with or without \"!\" before it")),
    };
    Ok(Condition::File { test, path, negated })
}
