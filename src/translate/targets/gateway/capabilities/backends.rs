//! Backends and the choice among them.

use super::Capability;
use crate::translate::class::Shows;

pub static PASS: Capability = Capability::approximate(
    "pass",
    "pass",
    "backendRefs to Services; implementations add headers of their own, such as X-Forwarded-For",
    &[Shows::UpstreamHeaders],
    "",
);
pub static PASS_LOOPBACK: Capability = Capability::approximate(
    "pass",
    "pass-loopback",
    "an EndpointSlice takes no loopback address: in a cluster it means another machine anyway",
    &[Shows::Connections],
    "write the address by which the cluster reaches the backend",
);
pub static PASS_NEVER: Capability = Capability::harmless("pass", "pass-never", "no request gets that far");
pub static PASS_VARIABLES: Capability = Capability::dropped(
    "pass-variables",
    "pass-variables",
    "a backend cannot come out of variables: the rule has none, so it answers with an error",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer],
    "name the backends one by one",
);
pub static PASS_TLS: Capability = Capability::approximate(
    "pass-tls",
    "pass-tls",
    "a BackendTLSPolicy, which always verifies the certificate; its CA comes out of a ConfigMap, or is one that the system \
     knows",
    &[Shows::Status, Shows::Connections],
    "kubectl create configmap NAME --from-file ca.crt=FILE",
);
pub static PASS_GRPC: Capability = Capability::approximate(
    "pass-other",
    "pass-grpc",
    "a Service port with the appProtocol kubernetes.io/h2c",
    &[Shows::Headers, Shows::UpstreamHeaders, Shows::Connections],
    "",
);
pub static PASS_OTHER: Capability = Capability::dropped(
    "pass-other",
    "pass-other",
    "only HTTP is spoken to backends: the rule has none, so it answers with an error",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer],
    "put nginx or another server that speaks the protocol before the backend",
);
pub static ROUND_ROBIN: Capability = Capability::approximate(
    "round-robin",
    "round-robin",
    "the endpoints of a Service take turns with most implementations; the order is theirs",
    &[Shows::Peer],
    "",
);
pub static WEIGHT: Capability = Capability::approximate(
    "weight",
    "weight",
    "servers of one weight are one Service, and its backendRef has their weights together; the order is the \
     implementation's",
    &[Shows::Peer],
    "",
);
pub static MAX_FAILS: Capability = Capability::dropped(
    "max-fails",
    "max-fails",
    "failures of requests take no endpoint out; in a cluster readiness probes do",
    &[Shows::Status, Shows::Peer, Shows::Timing],
    "give the pods a readinessProbe",
);
pub static BACKUP: Capability = Capability::dropped(
    "backup",
    "backup",
    "there is no second choice: it is left out",
    &[Shows::Status, Shows::Peer],
    "look for failover in the implementation",
);
pub static DOWN: Capability = Capability::exact("down", "down", "it is left out");
pub static MAX_CONNS: Capability = Capability::dropped(
    "max-conns",
    "max-conns",
    "connections to an endpoint are not limited",
    &[Shows::Status, Shows::Connections],
    "limit it in the backend",
);
pub static SLOW_START: Capability =
    Capability::dropped("slow-start", "slow-start", "weights do not recover slowly", &[Shows::Peer], "");
pub static EXTERNAL_NAME: Capability = Capability::approximate(
    "resolve",
    "external-name",
    "a Service of the type ExternalName, which not every implementation takes (Traefik does not)",
    &[Shows::Status, Shows::Peer, Shows::Connections],
    "name the Service itself if the backend runs in the cluster",
);
pub static UNIX_SERVER: Capability = Capability::dropped(
    "resolve",
    "unix-server",
    "an endpoint has an address and a port: it is left out",
    &[Shows::Status, Shows::Peer],
    "have the backend listen on a port",
);
pub static RESOLVE: Capability = Capability::approximate(
    "resolve",
    "resolve",
    "the name is one ExternalName Service: what its addresses are, and how they take turns, is up to who resolves it",
    &[Shows::Peer],
    "",
);
pub static LEAST_CONN: Capability = by_chance("least-conn", "least-conn");
pub static IP_HASH: Capability = by_chance("ip-hash", "ip-hash");
pub static HASH: Capability = by_chance("hash", "hash");
pub static HASH_CONSISTENT: Capability = by_chance("hash-consistent", "hash-consistent");
pub static RANDOM: Capability = Capability::approximate(
    "random",
    "random",
    "the endpoints of a Service get equal shares, by chance or in turns",
    &[Shows::Peer],
    "",
);
pub static LEAST_TIME: Capability = by_chance("least-time", "least-time");
pub static STICKY_COOKIE: Capability = Capability::dropped(
    "sticky-cookie",
    "sticky-cookie",
    "sessionPersistence is in the experimental channel only",
    &[Shows::Headers, Shows::Peer],
    "look for session affinity in the implementation",
);
pub static STICKY_OTHER: Capability = Capability::dropped(
    "sticky-other",
    "sticky-other",
    "sessions are not bound to endpoints",
    &[Shows::Headers, Shows::Peer],
    "look for session affinity in the implementation",
);
pub static KEEPALIVE: Capability =
    Capability::automatic("keepalive", "keepalive", "connections to backends are kept as the implementation likes");
pub static ZONE: Capability = Capability::automatic("zone", "zone", "there are no workers to share a state");

const fn by_chance(feature: &'static str, code: &'static str) -> Capability {
    Capability::dropped(
        feature,
        code,
        "how a backend is chosen is the implementation's: most take turns",
        &[Shows::Peer],
        "look for a load balancing policy of the implementation",
    )
}
