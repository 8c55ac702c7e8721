//! `nginxlb nginx -t` beside the real nginx: the same exit status, message and line.
//!
//! By default a sample; `NGINXLB_FULL=1` runs everything, and `NGINXLB_CORPUS=DIR` adds the configurations of a folder
//! with `files/` and `manifest.tsv`. `NGINXLB_SHOW=N` prints more disagreements. What is known to differ is listed with
//! its reason in `docs/disagreements.md`.

#[path = "../common/mod.rs"]
mod common;
mod corpus;
mod judge;
mod live;
mod mutants;
mod probes;
