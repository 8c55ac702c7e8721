use nginxlb::simulate::trace::*;
use std::time::Instant;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let threads: usize = a[2].parse().unwrap();
    for _ in 0..3 {
        let t = Instant::now();
        let mut r = open(std::fs::File::open(&a[1]).unwrap(), None, Format::combined(), threads).unwrap();
        let mut b = Batch::default();
        let (mut n, mut x, mut c) = (0u64, 0u64, 0);
        while r.next(&mut b).unwrap() {
            n += b.records.len() as u64;
            c += b.complaints.len();
            for r in &b.records {
                x = x.wrapping_add(r.time.0 + u64::from(r.uri.len));
            }
        }
        let e = t.elapsed();
        println!("{n} {x} {c} {:?} {:.1} ns/rec", e, e.as_nanos() as f64 / n as f64);
    }
    let s = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", s.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
