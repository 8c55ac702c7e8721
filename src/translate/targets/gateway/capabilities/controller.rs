//! What stands in the configuration that the ingress-nginx controller generates.

use super::Capability;
use crate::translate::class::Shows;

pub static INGRESS_LISTEN: Capability = Capability::harmless(
    "listen",
    "controller-listen",
    "a port of the controller itself, for its own probes and metrics",
);
pub static INGRESS_CERTIFICATE: Capability = Capability::approximate(
    "listen-tls",
    "controller-certificate",
    "the controller kept certificates in memory: the listener names a Secret after the host, the Ingress (spec.tls) says \
     which it was",
    &[Shows::Connections],
    "write the name of the Secret, and a ReferenceGrant if it is in another namespace than the Gateway",
);
pub static INGRESS_SERVER: Capability = Capability::harmless(
    "default-server",
    "controller-server",
    "a server of the controller itself, for its own probes, metrics and unknown hosts",
);
pub static INGRESS_REDIRECT: Capability = Capability::dropped(
    "if",
    "controller-https",
    "the controller redirected to https where the host had a certificate, which this file does not tell",
    &[Shows::Status, Shows::Headers],
    "add a route on the listener of the protocol HTTP with a RequestRedirect to the scheme https",
);
pub static INGRESS_VARIABLES: Capability =
    Capability::harmless("if", "controller-variable", "a variable that only the controller itself looks at");
pub static INGRESS_MAPS: Capability =
    Capability::harmless("if", "controller-map", "a map that only the controller's own directives look at");
pub static PASS_SERVICE: Capability = Capability::approximate(
    "pass",
    "controller-service",
    "a backendRef to the Service that the controller named; implementations add headers of their own",
    &[Shows::UpstreamHeaders],
    "",
);
pub static PASS_PORT: Capability = Capability::approximate(
    "pass",
    "controller-port",
    "the controller knew the port by its name, a backendRef needs the number: one was taken that usually goes with the name",
    &[Shows::Status, Shows::Peer],
    "look up the number in the Service",
);
pub static PASS_DEFAULT: Capability = Capability::dropped(
    "pass",
    "controller-default-backend",
    "the default backend is an argument of the controller, which this file does not tell: there is no rule, so it is \
     answered with 404",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer],
    "add a rule for the Service of --default-backend-service",
);
pub static INGRESS_BALANCER: Capability = Capability::approximate(
    "round-robin",
    "controller-balancer",
    "endpoints, session affinity, canaries and the method of balancing are in the controller's memory, not in this file",
    &[Shows::Peer],
    "look at the annotations of the Ingresses for affinity, canary, load-balance and upstream-hash-by",
);
pub static INGRESS_HEADERS: Capability = Capability::dropped(
    "set-header",
    "controller-header",
    "the controller added it to every request; its value is no fixed text, and implementations do not add it",
    &[Shows::UpstreamHeaders],
    "see that the backend does without it",
);
pub static INGRESS_BUFFERS: Capability =
    Capability::automatic("buffering", "controller-buffers", "buffers are the implementation's");
pub static INGRESS_WAF: Capability = Capability::refused(
    "auth",
    "controller-firewall",
    "requests are not looked at by ModSecurity",
    &[Shows::Status],
    "put a firewall before the Gateway or into the implementation, then allow the loss",
);
pub static INGRESS_TELEMETRY: Capability = Capability::dropped(
    "access-log",
    "controller-telemetry",
    "traces are the implementation's",
    &[Shows::Logs, Shows::UpstreamHeaders],
    "turn tracing on in the implementation",
);
pub static INGRESS_LUA: Capability = Capability::automatic(
    "access-log",
    "controller-lua",
    "code by which the controller keeps its own configuration, statistics and certificates",
);
pub static INGRESS_SETTING: Capability = Capability::harmless(
    "access-log",
    "controller-setting",
    "a setting of the controller that only nginx itself needs",
);
pub static INGRESS_TCP: Capability = Capability::dropped(
    "pass-other",
    "controller-tcp",
    "a TCP or UDP service of the controller: routes for those are not in the standard channel of every release",
    &[Shows::Connections, Shows::Peer],
    "add a listener of the protocol TCP or UDP and a TCPRoute or UDPRoute, if the implementation has them",
);
