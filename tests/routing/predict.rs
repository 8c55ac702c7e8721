//! What the exchange makes of the same requests.

use nginxlb::balance::Millis;
use nginxlb::config::{Config, NoHost, Options, compile};
use nginxlb::exchange::{
    Connection, Content, Exchange, Failed, Found, Handler, Line, ListenerId, Reply, Site, Slice, To,
};
use nginxlb::modules::Target;
use nginxlb::modules::shared::upstream::Upstreams;
use nginxlb::syntax::{NoFiles, Sources};

use crate::live::Answer;

pub struct Predictor {
    config: Config,
    site: Site,
    exchange: Exchange,
}

impl Predictor {
    pub fn new(conf: &str, prefix: &str) -> Predictor {
        let sources = Sources::from_text("nginx.conf", conf.to_owned(), "", &NoFiles);
        let mut target = Target::parse("nginx@1.31.3").unwrap();
        target.paths.start(Some(prefix), None);
        let compiled = compile(&sources, &target, &NoHost, Options::default());
        let (site, _) = Site::compile(&compiled.config, &target);
        assert_eq!(site.unknown_variables(), [""; 0], "all variables are modelled");
        Predictor { config: compiled.config, site, exchange: Exchange::default() }
    }

    pub fn ask(&mut self, n: usize, request: &str) -> Answer {
        let end = format!("/{n}.sock");
        let listener = self.site.listeners().iter().position(|listener| listener.address.to_string().ends_with(&end));
        let (first, headers) = request.split_once('\n').unwrap_or((request, ""));
        let (method, target) = first.split_once(' ').unwrap();
        let line = Line { method: method.as_bytes(), target: target.as_bytes(), version: 11 };
        self.exchange.start(&Connection::default(), line, Millis(0));
        for line in headers.lines() {
            let (name, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            self.exchange.request.header(name.as_bytes(), value.as_bytes());
        }
        if !headers.contains("Host:") {
            self.exchange.request.header(b"Host", b"localhost");
        }
        let found = self.exchange.begin(&self.site, ListenerId(listener.unwrap() as u32));
        let answer = self.settle(found);
        // A HEAD has no body, and with these nothing is said.
        match answer.status {
            408 | 444 | 499 => Answer { status: 0, location: None, body: None },
            _ if method == "HEAD" => Answer { body: Some(String::new()), ..answer },
            _ => answer,
        }
    }

    fn settle(&mut self, mut found: Found) -> Answer {
        loop {
            if let Found::Answer(reply) = found {
                return self.shown(reply);
            }
            let content = match self.exchange.access(&self.site) {
                Ok(()) => self.exchange.content(&self.site),
                Err(status) => match self.exchange.fail(&self.site, status) {
                    Failed::Again(again) => {
                        found = again;
                        continue;
                    }
                    Failed::Answer(status) => {
                        return Answer { status, location: self.location(), body: None };
                    }
                },
            };
            let (status, upstream, body) = match content {
                Content::Answer(reply) => return self.shown(reply),
                Content::Again(location) => {
                    found = Found::Location(location);
                    continue;
                }
                Content::Local(Handler::Own(_))
                    if ![b"GET".as_slice(), b"HEAD"].contains(&self.exchange.request.method()) =>
                {
                    (405, false, None)
                }
                Content::Local(Handler::Own(_)) => {
                    let status = self.exchange.route.outcome(200);
                    return Answer { status, location: self.location(), body: None };
                }
                // There are none.
                Content::Local(_) => {
                    let read = [b"GET".as_slice(), b"HEAD", b"POST"].contains(&self.exchange.request.method());
                    (if read { 404 } else { 405 }, false, None)
                }
                Content::Pass(destination) => match self.name(&destination.to).as_str() {
                    "dead" => (502, false, None),
                    // nginx passes such arguments on as they are, and is told off for it.
                    _ if self.exchange.request.args().contains(&b' ') => (400, true, None),
                    "bad" => (503, true, Some("via bad")),
                    "other" => (200, true, Some("via other")),
                    name if name.ends_with("app") => (200, true, Some("via app")),
                    _ => (502, false, None),
                },
            };
            if upstream && !self.exchange.is_intercepted(&self.site, status) {
                let status = self.exchange.route.outcome(status);
                return Answer { status, location: self.location(), body: body.map(str::to_owned) };
            }
            match self.exchange.fail(&self.site, status) {
                Failed::Answer(status) => return Answer { status, location: self.location(), body: None },
                Failed::Again(again) => found = again,
            }
        }
    }

    fn name(&self, to: &To) -> String {
        match to {
            To::Group(id) => {
                let http = self.config.http.map(|http| self.config.scope(http)).unwrap();
                http.slot::<Upstreams>().unwrap().get(*id).name.to_ascii_lowercase()
            }
            To::Address(address) => address.to_string(),
            To::Name { host, .. } => self.text(*host),
        }
    }

    fn text(&self, slice: Slice) -> String {
        self.exchange.text(&self.site, slice).iter().map(|byte| *byte as char).collect()
    }

    fn location(&self) -> Option<String> {
        self.exchange.route.redirect().map(|slice| self.text(slice)).filter(|location| !location.is_empty())
    }

    fn shown(&self, reply: Reply) -> Answer {
        Answer {
            status: reply.status,
            location: reply.location.map(|slice| self.text(slice)).filter(|location| !location.is_empty()),
            body: reply.body.map(|slice| self.text(slice)),
        }
    }
}
