//! `error_page`: what is served instead of an error.

use crate::modules::prelude::*;

/// State of a scope with `error_page`, in order; the first that matches counts.
#[derive(Debug, Default)]
pub struct ErrorPages(pub Vec<ErrorPage>);

/// One page for one status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// The status it is for.
    pub status: u16,
    /// A path, a named location, or a URL to redirect to.
    pub to: Text,
    /// Status of the answer.
    pub answer: Answer,
}

/// Which status the answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// That of the error.
    Same,
    /// That of the page: `=`.
    OfPage,
    /// This one: `=200`.
    Status(i64),
}

/// Statuses of nginx's own (495 to 497, 494) that clients see as 400.
const SEEN_AS_BAD_REQUEST: std::ops::RangeInclusive<u16> = 494..=497;

/// `ngx_http_core_error_page`
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let last = call.words.len() - 1;
    let (answer, statuses) = answer(call, last)?;
    let to = cx.complex(&call.words[last])?;
    let mut pages = Vec::new();
    for n in statuses {
        let status = match values::number(call.arg(n)) {
            None | Some(499) => return Err(call.invalid_value(n)),
            Some(status @ 300..=599) => status as u16,
            Some(_) => {
                let message = format!("value \"{}\" must be between 300 and 599", call.arg(n));
                return Err(Fault::emerg(message).at(call.span(n)));
            }
        };
        let hidden = answer == Answer::Same && SEEN_AS_BAD_REQUEST.contains(&status);
        let answer = if hidden { Answer::Status(400) } else { answer };
        pages.push(ErrorPage { status, to: to.clone(), answer });
    }
    cx.slot::<ErrorPages>().0.append(&mut pages);
    cx.keep(call, Value::Own);
    Ok(())
}

/// The word before the page may be `=` or `=STATUS`; the words before it are the statuses.
fn answer(call: &Call, last: usize) -> Result<(Answer, std::ops::Range<usize>), Fault> {
    let Some(text) = call.arg(last - 1).strip_prefix('=') else { return Ok((Answer::Same, 1..last)) };
    if last == 2 {
        let fault = call.invalid_value(1);
        return Err(fault.help("the statuses stand before \"=\", the page after it"));
    }
    let answer = match text {
        "" => Answer::OfPage,
        _ => values::number(text).map(Answer::Status).ok_or_else(|| call.invalid_value(last - 1))?,
    };
    Ok((answer, 1..last - 1))
}
