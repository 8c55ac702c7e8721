//! What the tests of all methods share: a group in the words of its `server` lines, a script of what happens to it, and
//! the peers that come of it.

use std::collections::{BTreeSet, VecDeque};

use super::{
    Freed, Group, Method, Millis, Parameters, Peer, PeerId, Random, Selection, Server, Sight, Standing, Tier, Unwatched,
};

/// Plays a script on a group and compares what it tells.
///
/// Servers are separated by semicolons, `a weight=2; b backup`; `text=` is the directive's text where it is not the name.
/// A script is a list of words, of which `WORD*N` stands for N times the word. Requests are numbered from 0.
///
/// | word | what happens | what it tells |
/// |---|---|---|
/// | `get` | a request, on its way until `end:N` or `fail:N` | its peers, as `a>b` if `a` is dead |
/// | `one` | the same, and it ends at once | the same; `-`: nobody |
/// | `row` | the same, with the current weights before it is chosen and after it paid | `5 1 1\|a\|-2 1 1` |
/// | `end:N`, `next:N`, `fail:N` | request N ends well; tries the next peer, with or without blame | the next peer |
/// | `die:P`, `live:P` | peers fail from now on, or no longer | |
/// | `at:MS`, `took:MS` | the time; how long a try takes that ends well | |
/// | `key:K`, `address:A`, `bound:ID`, `draw:N,N` | what the next requests hash, are bound to, and draw | |
/// | `down:P`, `drain:P`, `up:P` | how a server stands | |
/// | `resolve:LINE:P,P` | the name of that server has these addresses | |
/// | `conns`, `effective`, `fails`, `number` | | of every peer |
pub fn check(method: &Method, servers: &str, script: &str, told: &str) {
    let mut play = Play::new(method.clone(), servers);
    for word in script.split_whitespace() {
        let (word, times) = word.split_once('*').map_or((word, 1), |(word, times)| (word, times.parse().unwrap()));
        for _ in 0..times {
            play.act(word);
        }
    }
    assert_eq!(play.told.join(" "), told, "{method:?}, {servers}: {script}");
}

/// A peer of these words; `line` is its place in the group.
fn peer(words: &str, line: u32) -> (Tier, Peer) {
    let mut words = words.split_whitespace();
    let name = words.next().unwrap();
    let (mut parameters, mut tier, mut text) = (Parameters::default(), Tier::Primary, name);
    for word in words {
        let (word, value) = word.split_once('=').unwrap_or((word, ""));
        let number = || value.parse::<u64>().unwrap();
        match word {
            "weight" => parameters.weight = number() as i64,
            "max_conns" => parameters.max_conns = number(),
            "max_fails" => parameters.max_fails = number(),
            "fail_timeout" => parameters.fail_timeout = number() as i64,
            "slow_start" => parameters.slow_start = number(),
            "down" => parameters.standing = Standing::Down,
            "drain" => parameters.standing = Standing::Draining,
            "backup" => tier = Tier::Backup,
            "text" => text = value,
            _ => panic!("{word}"),
        }
    }
    (tier, Peer::new(Server::new(name, text.as_bytes(), Some(name), line), parameters))
}

/// A group of these servers.
pub fn group(method: Method, servers: &str) -> Group {
    let peers = servers.split(';').zip(0..).map(|(words, line)| peer(words, line));
    let (primary, backup): (Vec<_>, Vec<_>) = peers.partition(|(tier, _)| *tier == Tier::Primary);
    let list = |peers: Vec<(Tier, Peer)>| peers.into_iter().map(|(_, peer)| peer).collect();
    Group::new("group", method, list(primary), list(backup))
}

/// Numbers that are known beforehand, then zeros.
#[derive(Default)]
pub struct Given(pub VecDeque<u32>);

impl Random for Given {
    fn next(&mut self) -> u32 {
        self.0.pop_front().unwrap_or(0)
    }
}

struct Play {
    group: Group,
    requests: Vec<Selection>,
    next: Selection,
    dead: BTreeSet<String>,
    rng: Given,
    now: Millis,
    took: u64,
    told: Vec<String>,
}

impl Play {
    fn new(method: Method, servers: &str) -> Play {
        let (next, rng) = (Selection::default(), Given::default());
        let (requests, dead, told) = (Vec::new(), BTreeSet::new(), Vec::new());
        Play { group: group(method, servers), requests, next, dead, rng, now: Millis(0), took: 0, told }
    }

    fn act(&mut self, word: &str) {
        let (word, value) = word.split_once(':').unwrap_or((word, ""));
        match word {
            "get" => self.begin(),
            "one" => {
                self.begin();
                self.end(self.requests.len() - 1);
            }
            "row" => self.row(),
            "end" => self.end(value.parse().unwrap()),
            "next" => self.again(value.parse().unwrap(), Freed::Next),
            "fail" => self.again(value.parse().unwrap(), Freed::Failed),
            "die" => self.dead.extend(value.split(',').map(str::to_owned)),
            "live" => self.dead.retain(|dead| value.split(',').all(|name| name != dead)),
            "at" => self.now = Millis(value.parse().unwrap()),
            "took" => self.took = value.parse().unwrap(),
            "key" => self.next.key = value.as_bytes().to_vec(),
            "address" => {
                self.next.key.clear();
                super::address_key(value.parse().ok(), &mut self.next.key);
            }
            "bound" => self.next.bound = value.as_bytes().to_vec(),
            "draw" => self.rng.0.extend(value.split(',').map(|number| number.parse::<u32>().unwrap())),
            "down" => self.stand(value, Standing::Down),
            "drain" => self.stand(value, Standing::Draining),
            "up" => self.stand(value, Standing::Up),
            "resolve" => self.resolve(value),
            "conns" => self.tell_all(|peer| peer.conns.to_string()),
            "effective" => self.tell_all(|peer| peer.effective_weight.to_string()),
            "number" => self.tell_all(|peer| peer.number().to_string()),
            "fails" => self.tell_all(|peer| peer.fails.to_string()),
            _ => panic!("{word}"),
        }
    }

    fn begin(&mut self) {
        let mut selection = self.next.clone();
        self.group.start(&mut selection);
        self.try_on(&mut selection);
        self.requests.push(selection);
    }

    fn again(&mut self, number: usize, freed: Freed) {
        let mut selection = std::mem::take(&mut self.requests[number]);
        self.group.free(&mut selection, freed, self.now);
        self.try_on(&mut selection);
        self.requests[number] = selection;
    }

    /// Tries peers until one is alive, or nobody is left.
    fn try_on(&mut self, selection: &mut Selection) {
        let mut tried = Vec::new();
        loop {
            let Some(id) = self.group.pick(selection, self.now, &mut self.rng, &mut Unwatched) else {
                tried.push("-".to_owned());
                break;
            };
            tried.push(self.name(id));
            if !tried.last().is_some_and(|name| self.dead.contains(name)) {
                break;
            }
            self.group.free(selection, Freed::Failed, self.now);
            if selection.tries == 0 {
                break;
            }
        }
        self.told.push(tried.join(">"));
    }

    fn row(&mut self) {
        let mut selection = self.next.clone();
        self.group.start(&mut selection);
        let mut seen: Vec<Sight> = Vec::new();
        let id = self.group.pick(&mut selection, self.now, &mut self.rng, &mut seen).unwrap();
        let gained = seen.iter().filter_map(|sight| match sight {
            Sight::Gains { before, gain, .. } => Some((before + gain).to_string()),
            _ => None,
        });
        let gained: Vec<String> = gained.collect();
        let weights = self.group.peers(id.tier).iter().map(|peer| peer.current_weight.to_string());
        let weights: Vec<String> = weights.collect();
        self.told.push(format!("{}|{}|{}", gained.join(" "), self.name(id), weights.join(" ")));
        self.group.free(&mut selection, Freed::Well { header_time: Some(0), response_time: 0 }, self.now);
    }

    fn end(&mut self, number: usize) {
        let freed = Freed::Well { header_time: Some(self.took), response_time: self.took };
        let selection = &mut self.requests[number];
        if selection.peer().is_some() {
            self.group.header(selection, self.took, self.now);
            self.group.free(selection, freed, self.now);
        }
    }

    fn name(&self, id: PeerId) -> String {
        self.group.peer(id).unwrap().server.addr.to_string()
    }

    fn stand(&mut self, name: &str, standing: Standing) {
        let peer = self.group.all_mut().find(|peer| *peer.server.addr == *name).unwrap();
        peer.parameters.standing = standing;
    }

    fn resolve(&mut self, value: &str) {
        let (line, names) = value.split_once(':').unwrap();
        let peers = names.split(',').filter(|name| !name.is_empty());
        let line = line.parse().unwrap();
        self.group.resolve(Tier::Primary, line, peers.map(|name| peer(name, line).1).collect());
    }

    fn tell_all(&mut self, of: impl Fn(&Peer) -> String) {
        let all: Vec<String> = self.group.all().map(|(_, peer)| of(peer)).collect();
        self.told.push(format!("[{}]", all.join(" ")));
    }
}

/// Requests, tries and failures, whatever the method.
mod group {
    use super::*;

    #[test]
    fn tries_begin_at_the_servers_that_are_up() {
        let all = "a; b; c down; d backup";
        check(&Method::RoundRobin, all, "die:a,b,d one one", "a>b>d -");
        check(&Method::RoundRobin, "a max_fails=0; b max_fails=0", "die:a,b one one", "a>b b>a");
    }

    #[test]
    fn a_failure_costs_weight_and_time() {
        let two = "a weight=4 max_fails=2; b weight=4";
        check(&Method::RoundRobin, two, "die:a one effective fails", "a>b [2 4] [1 0]");
        check(&Method::RoundRobin, two, "die:a one*6 fails", "a>b b b a>b b b [2 0]");
        // fail_timeout is 10 s: second 10 is still out, the eleventh is not.
        check(&Method::RoundRobin, "a; b", "at:500 die:a one live:a at:10999 one*3 at:11000 one*3", "a>b b b b b b a");
        check(&Method::RoundRobin, "a; b", "die:a one at:11000 one*4 at:11000 live:a one*2", "a>b b b a>b b b b");
    }

    /// A success forgives only once `fail_timeout` has passed since the failure.
    #[test]
    fn what_forgives() {
        let two = "a max_fails=2; b";
        check(&Method::RoundRobin, two, "die:a one live:a one*4 fails", "a>b b a b a [1 0]");
        check(&Method::RoundRobin, two, "die:a one live:a at:10999 one*4 fails", "a>b b a b a [1 0]");
        check(&Method::RoundRobin, two, "die:a one live:a at:11000 one*4 fails", "a>b b a b a [0 0]");
    }

    #[test]
    fn the_only_server_has_no_failures() {
        check(&Method::RoundRobin, "a", "die:a one*3 live:a one fails", "a a a a [0]");
        check(&Method::RoundRobin, "a; b down", "die:a one*2 live:a one", "a - -");
        check(&Method::RoundRobin, "a; b backup", "die:a one*2", "a>b b");
        check(&Method::RoundRobin, "a max_conns=1", "get one end:0 one", "a - a");
    }

    #[test]
    fn blame_is_for_failures() {
        check(&Method::RoundRobin, "a; b", "get next:0 fails end:0 get", "a b [0 0] b");
        check(&Method::RoundRobin, "a; b", "get fail:0 fails end:0 get", "a b [1 0] b");
    }

    #[test]
    fn full_servers_are_passed_over() {
        check(&Method::RoundRobin, "a max_conns=1; b", "get*4 conns end:0 get", "a b b b [1 3] b");
        check(&Method::RoundRobin, "a max_conns=1; b max_conns=1; c backup", "get*4", "a b c c");
    }

    #[test]
    fn draining_servers_keep_their_sessions() {
        check(&Method::RoundRobin, "a; b; c", "drain:b one*3 bound:b one*2", "a c a b b");
        check(&Method::RoundRobin, "a; b", "down:b bound:b one*2", "a a");
        for method in [Method::LeastConn, Method::Hash, Method::Random, Method::IpHash] {
            check(&method, "a; b; c", "drain:b bound:b key:k one*2", "b b");
        }
        check(&Method::Random, "a; b; c", "drain:b draw:1,1,1,0 one", "a");
    }

    #[test]
    fn names_bring_and_take_servers() {
        let named = "a; b; x text=x";
        check(&Method::RoundRobin, "a; b", "one resolve:0:c one*4", "a b c b c");
        check(&Method::RoundRobin, named, "resolve:2: one*3", "a b a");
        check(&Method::RoundRobin, "a; b", "resolve:0: resolve:1: one", "-");
        // A request on its way gives its server back, even one that has moved, and gets no further one.
        check(&Method::RoundRobin, "a; b", "get*2 resolve:0:c conns fail:1 conns fails", "a b [1 0] - [0 0] [1 0]");
        check(&Method::RoundRobin, "a; b", "get*2 resolve:0:c end:0 end:1 conns", "a b [0 0]");
        check(&Method::RoundRobin, "a; b", "get resolve:0:a conns fail:0", "a [1 0] b");
        // A number is never given again.
        let numbers = "number resolve:0:x number resolve:0:a,x number";
        check(&Method::RoundRobin, "a; b; c backup", numbers, "[0 1 2] [1 3 2] [1 3 4 2]");
    }

    #[test]
    fn more_servers_than_a_word_has_bits() {
        let names: Vec<String> = (0..70).map(|n| format!("p{n}")).collect();
        let all_but_last = names[..69].join(",");
        let told = names.join(">");
        check(&Method::RoundRobin, &names.join("; "), &format!("die:{all_but_last} one"), &told);
    }
}
