//! The third-party module lua in `stream`. Known by its table; of the code only `lua_add_variable` names a variable.

use super::variable;
use crate::modules::prelude::*;

/// The names by which builds and `--module` know it; whoever has Lua in `http` is taken to have it here.
const NAMES: &[&str] = &["lua", "stream_lua", "stream-lua-nginx-module"];

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("lua_stream_module", Kind::Stream, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("balancer_by_lua_block", "stream-upstream", "block 0", Unchecked, "1.0.0", "",
        "Chooses the upstream peer for each connection attempt with a block of Lua code."),
    d("balancer_by_lua_file", "stream-upstream", "1", Unchecked, "1.0.0", "",
        "Chooses the upstream peer for each connection attempt with a Lua file."),
    d("content_by_lua_block", "stream-server", "block 0", Unchecked, "1.0.0", "",
        "Answers connections with a block of Lua code."),
    d("content_by_lua_file", "stream-server", "1", Unchecked, "1.0.0", "",
        "Answers connections with a Lua file."),
    d("init_by_lua_block", "stream", "block 0", Unchecked, "1.0.0", "",
        "Runs a block of Lua code in the master process when the configuration is loaded."),
    d("init_by_lua_file", "stream", "1", Unchecked, "1.0.0", "",
        "Runs a Lua file in the master process when the configuration is loaded."),
    d("init_worker_by_lua_block", "stream", "block 0", Unchecked, "1.0.0", "",
        "Runs a block of Lua code each time a worker process starts."),
    d("init_worker_by_lua_file", "stream", "1", Unchecked, "1.0.0", "",
        "Runs a Lua file each time a worker process starts."),
    d("log_by_lua_block", "stream stream-server", "block 0", Unchecked, "1.0.0", "",
        "Runs a block of Lua code when a connection has ended."),
    d("log_by_lua_file", "stream stream-server", "1", Unchecked, "1.0.0", "",
        "Runs a Lua file when a connection has ended."),
    d("lua_add_variable", "stream", "1", Custom(add_variable), "1.0.0", "",
        "Defines a variable that Lua code may set."),
    d("lua_package_cpath", "stream", "1", Unchecked, "1.0.0", "",
        "Sets the search path that Lua code uses to find modules written in C."),
    d("lua_package_path", "stream", "1", Unchecked, "1.0.0", "",
        "Sets the search path that Lua code uses to find modules written in Lua."),
    d("lua_shared_dict", "stream", "2", Unchecked, "1.0.0", "",
        "Creates a named shared memory dictionary of a given size for all workers."),
    d("preread_by_lua_block", "stream stream-server", "block 0", Unchecked, "1.0.0", "",
        "Runs a block of Lua code when the first bytes of a connection are there."),
    d("preread_by_lua_file", "stream stream-server", "1", Unchecked, "1.0.0", "",
        "Runs a Lua file when the first bytes of a connection are there."),
];

fn add_variable(cx: &mut Cx, call: &Call) -> Verdict {
    variable::define(cx, call, 1)?;
    cx.keep(call, Value::Words);
    Ok(())
}
