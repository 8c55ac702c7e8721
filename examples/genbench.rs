use nginxlb::simulate::trace::*;
use std::time::Instant;
fn main() {
    for spec in [
        "requests=2e7,uris=1",
        "requests=2e7,uris=1,arrival=even",
        "requests=2e7,clients=100000",
        "requests=1e7,zipf=1.1",
        "requests=1e7,nat=0.3,sessions=5000,keys=100,post=0.1,hosts=3,service=exp:0.1,uris=100000,key-zipf=1",
        "requests=1e7,amplitude=0.5",
    ] {
        let t = Instant::now();
        let mut r = Generator::new(generate::Options::read(spec).unwrap());
        let mut b = Batch::default();
        let (mut n, mut x) = (0u64, 0u64);
        while r.next(&mut b).unwrap() {
            n += b.records.len() as u64;
            for r in &b.records {
                x = x.wrapping_add(r.time.0 + u64::from(r.uri.len));
            }
        }
        let e = t.elapsed();
        println!("{spec}: {n} {x} {:?} {:.1} ns/rec", e, e.as_nanos() as f64 / n as f64);
    }
}
