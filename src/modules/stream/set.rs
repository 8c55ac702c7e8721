//! `ngx_stream_set_module`.

use crate::modules::prelude::*;
use crate::modules::shared::map::variable_name;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_set_module", Kind::Stream, Presence::Default("stream_set"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("set", "stream-server", "2", Custom(set), "1.19.3", "",
        "Assigns a value, which may contain other variables, to a stream variable."),
];

/// The assignments of a server, in order.
#[derive(Debug, Clone, Default)]
pub struct Assignments(pub Vec<Assignment>);

/// One `set`.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The variable's name, without `$`.
    pub variable: String,
    /// What it is set to.
    pub value: Text,
    /// Where.
    pub span: Span,
}

fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let variable = variable_name(call, 1)?;
    cx.define(variable, CHANGEABLE | WEAK, call.span(1))?;
    cx.index_of_variable(variable, call.span(1))?;
    let value = cx.complex(&call.words[2])?;
    let assignment = Assignment { variable: variable.to_owned(), value, span: call.span(0) };
    cx.slot::<Assignments>().0.push(assignment);
    cx.keep(call, Value::Own);
    Ok(())
}
