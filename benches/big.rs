//! Large valid configurations for the measurements: groups, servers, locations, maps, in the proportions of real ones.

use std::fmt::Write as _;

/// A configuration of about `lines` lines.
#[must_use]
pub fn configuration(lines: usize) -> String {
    let mut text = String::from(
        "events {\n    worker_connections 1024;\n}\nhttp {\n    server_names_hash_max_size 65536;\n    \
         map_hash_max_size 65536;\n    variables_hash_max_size 4096;\n",
    );
    let mut group = 0;
    while text.lines().count() + 1 < lines {
        // Counting lines anew for every group would cost more than writing them; twenty groups are about 900 lines.
        for _ in 0..(lines / 2000).clamp(1, 20) {
            upstream(&mut text, group);
            server(&mut text, group);
            group += 1;
        }
    }
    text.push_str("}\n");
    text
}

fn upstream(text: &mut String, n: usize) {
    let balance = if n.is_multiple_of(3) { "least_conn;".to_owned() } else { format!("zone z{n} 64k;") };
    writeln!(text, "    upstream app{n} {{\n        {balance}").unwrap();
    for peer in 0..4 {
        let address = format!("10.{}.{peer}.1:80{peer:02}", n % 250);
        let weight = peer + 1;
        writeln!(text, "        server {address} weight={weight} max_fails=3 fail_timeout=30s;").unwrap();
    }
    writeln!(text, "        server 10.9.9.{}:8080 backup;\n        keepalive 16;\n    }}", n % 250).unwrap();
}

fn server(text: &mut String, n: usize) {
    writeln!(
        text,
        "    # group {n}\n    server {{\n        listen 8080;\n        server_name s{n}.example.com *.s{n}.example.com;\n        \
         client_max_body_size 10m;"
    )
    .unwrap();
    for matcher in ["/", "/api/", "= /health", &format!("~ ^/v{n}/(?<id>[0-9]+)$")] {
        writeln!(
            text,
            "        location {matcher} {{\n            proxy_pass http://app{n};\n            \
             proxy_set_header Host $host;\n            \
             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; # keep\n            \
             proxy_next_upstream error timeout http_502;\n        }}"
        )
        .unwrap();
    }
    writeln!(
        text,
        "        location /old/ {{\n            rewrite ^/old/(.*)$ /new/$1 permanent;\n        }}\n    }}\n"
    )
    .unwrap();
}
