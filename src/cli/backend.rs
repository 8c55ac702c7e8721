//! `backend`: something to stand behind a proxy, for demos and tests. What it answers is in `src/serve/backend/`.

use std::net::IpAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::serve::backend;
use crate::serve::backend::behaviour::{Behaviour, Fault, fault, rate, status, time};

const EXAMPLES: &str = "\
Examples:
  nginxlb backend --port 9001,9002,9003   three of them; each says its port
  nginxlb backend --port 9001 --name blue --latency 20ms --jitter 10ms
                                          a slow one with a name
  nginxlb backend --port 9001 --fail 10% --with reset
                                          every tenth request on the average is reset
  curl http://127.0.0.1:9001/_backend/status/503
                                          from now on it answers 503

While it runs: a request for /_backend/KEY/VALUE sets status, size, latency, jitter, fail or with
of its port; /_backend/reset goes back to the command line; /_backend/count says how many requests
were answered; /_backend/die closes the port and resets its connections, /_backend/die/2s for two
seconds.

Exit status: 0 where every port has died, 2 where one cannot be listened on.";

/// Answer requests: something to stand behind a proxy, for demos and tests
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Backend {
    /// Ports to answer on, separated by commas or each with its own --port; 0 is one that is free
    #[arg(long, value_name = "N", required = true, value_delimiter = ',')]
    port: Vec<u16>,
    /// The address to answer on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    address: IpAddr,
    /// What it calls itself, in the body and in X-Backend [default: the port]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A line for each request as it comes: port, method, path, status or fault
    #[arg(long)]
    log: bool,
    /// The status of its answers
    #[arg(long, value_name = "CODE", default_value = "200", value_parser = status, help_heading = "Answers")]
    status: u16,
    /// The bytes of a body [default: as long as the name]
    #[arg(long, value_name = "BYTES", help_heading = "Answers")]
    size: Option<usize>,
    /// The body tells the request line and the header fields
    #[arg(long, help_heading = "Answers")]
    echo: bool,
    /// Bodies are chunked
    #[arg(long, help_heading = "Answers")]
    chunked: bool,
    /// Every answer ends its connection
    #[arg(long, help_heading = "Answers")]
    close: bool,
    /// How long a request waits for its answer
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = time, help_heading = "Faults")]
    latency: Duration,
    /// Up to so much longer
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = time, help_heading = "Faults")]
    jitter: Duration,
    /// Of how many requests something goes wrong: 0.1 or 10%
    #[arg(long, value_name = "RATE", default_value = "0", value_parser = rate, help_heading = "Faults")]
    fail: f64,
    /// What goes wrong: a status, or reset, close, cut (in the midst of the body), hang
    #[arg(long, value_name = "FAULT", default_value = "503", value_parser = fault, help_heading = "Faults")]
    with: Fault,
}

/// Runs `nginxlb backend`.
pub fn run(arguments: &Backend) -> ExitCode {
    let Backend { status, size, latency, jitter, fail, with, echo, chunked, close, log, .. } = *arguments;
    let behaviour = Behaviour { status, size, latency, jitter, fail, with, echo, chunked, close, log, cut: false };
    match backend::run(arguments.address, &arguments.port, arguments.name.as_deref(), &behaviour) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nginxlb: cannot listen on {error}");
            ExitCode::from(2)
        }
    }
}
