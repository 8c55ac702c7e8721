//! Names that are resolved while it runs.

use crate::common::live::wait;
use crate::common::served::Served;
use crate::server::{Dns, addresses, body, header, status};

fn proxied(dns: &Dns) -> String {
    format!(
        "server {{ listen 127.0.0.1:%0; add_header X-Peer $upstream_addr always;
            location / {{ resolver 127.0.0.1:{} ipv6=off; resolver_timeout 5s; proxy_pass http://$arg_to:%1; }}
            location /without {{ proxy_pass http://$arg_to:%1; }} }}
         server {{ listen 127.0.0.1:%1; listen 127.0.0.2:%1; return 200 $server_addr; }}",
        dns.port
    )
}

#[test]
fn of_variables() {
    let dns = Dns::start();
    dns.set("one.test", &["127.0.0.2"]);
    dns.set("broken.test", &[]);
    let server = Served::start("", &proxied(&dns), None);
    assert_eq!(body(&server.get("/?to=one.test", "")), "127.0.0.2");
    assert_eq!(body(&server.get("/?to=ONE.test", "")), "127.0.0.2");
    assert_eq!(body(&server.get("/?to=127.0.0.1", "")), "127.0.0.1");
    let asked = dns.asked();
    for (name, why) in [("none.test", "3: Host not found"), ("broken.test", "2: Server failure")] {
        assert_eq!(status(&server.get(&format!("/?to={name}"), "")), "502");
        server.logged(&format!("{name} could not be resolved ({why})"));
    }
    assert_eq!(dns.asked(), asked + 2);
    assert_eq!(status(&server.get("/without?to=one.test", "")), "502");
    server.logged("no resolver defined to resolve one.test");
}

/// All addresses of a name are peers of the request: where one refuses the next is tried.
#[test]
fn of_several_addresses() {
    let dns = Dns::start();
    dns.set("two.test", &["127.0.0.3", "127.0.0.2"]);
    let server = Served::start("", &proxied(&dns), None);
    let peers: Vec<String> = (0..8).map(|_| header(&server.get("/?to=two.test", ""), "X-Peer").to_owned()).collect();
    assert!(peers.iter().all(|list| list.ends_with(&format!("127.0.0.2:{}", server.port + 1))), "{peers:?}");
    assert_eq!(addresses(&peers[0]).len(), 2);
}

fn group(dns: &Dns, port: &str) -> String {
    format!(
        "resolver 127.0.0.1:{} valid=1s ipv6=off; resolver_timeout 1s;
         upstream u {{ zone z 64k; server name.test:{port} resolve; }}
         server {{ listen 127.0.0.1:%0; add_header X-Peer $upstream_addr always; location / {{ proxy_pass http://u; }} }}
         server {{ listen 127.0.0.1:%1; listen 127.0.0.2:%1; listen 127.0.0.1:%2; return 200 $server_addr; }}",
        dns.port
    )
}

/// `server ... resolve`: peers come and go with the answers, for all workers, and a reload keeps them until the next one.
#[test]
fn of_a_zone() {
    let dns = Dns::start();
    dns.set("name.test", &["127.0.0.1"]);
    let server = Served::start("worker_processes 2;", &group(&dns, "%1"), None);
    let peer_is = |want: &str| {
        wait(want, || {
            let answer = server.get("/", "");
            (header(&answer, "X-Peer") == want).then_some(())
        });
    };
    let at = |ip: &str, port: u16| format!("{ip}:{}", server.port + port);
    peer_is(&at("127.0.0.1", 1));
    dns.set("name.test", &["127.0.0.2"]);
    peer_is(&at("127.0.0.2", 1));
    dns.set("name.test", &["127.0.0.1"]);
    peer_is(&at("127.0.0.1", 1));
    // No answer any more: the new configuration goes on with the addresses, and a port of its own.
    dns.set("name.test", &[]);
    server.reload("worker_processes 2;", &group(&dns, "%2"));
    for _ in 0..4 {
        assert_eq!(header(&server.get("/", ""), "X-Peer"), at("127.0.0.1", 2));
    }
    server.logged("name.test could not be resolved (2: Server failure)");
    assert_eq!(header(&server.get("/", ""), "X-Peer"), at("127.0.0.1", 2));
}
