//! `disable_symlinks`.

use crate::modules::prelude::*;

/// `ngx_http_disable_symlinks`
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let (mut mode, mut from) = (None, false);
    for (n, word) in call.args().iter().enumerate() {
        match &*word.value {
            "off" | "on" | "if_not_owner" => mode = Some(&*word.value),
            text => {
                let path = text.strip_prefix("from=").ok_or_else(|| call.invalid_parameter(n + 1))?;
                cx.complex_text(path, word.span)?;
                from = true;
            }
        }
    }
    let Some(mode) = mode else {
        let message = "\"disable_symlinks\" must have \"off\", \"on\" or \"if_not_owner\" parameter";
        return Err(Fault::emerg(message).at(call.span(0)));
    };
    if call.words.len() > 2 && !from {
        let second = call.arg(2);
        let message = format!("duplicate parameters \"{} {second}\"", call.arg(1));
        return Err(Fault::emerg(message).at(call.span(2)));
    }
    if from && mode == "off" {
        return Err(Fault::emerg("\"from=\" cannot be used with \"off\" parameter").at(call.span(0)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
