//! How long a backend takes: constant, or drawn.
//!
//! Each draw takes one number `r` of the source, `u = (r + 0.5) / 2^31`, and inverts the distribution's function at `u`:
//!
//! | distribution | milliseconds |
//! |---|---|
//! | `constant` | `mean` |
//! | `uniform` | `min + u * (max - min)` |
//! | `exponential` | `-mean * ln(1 - u)` |
//! | `lognormal` | `exp(mu + sigma * z(u))` with `mu = ln(mean) - sigma^2 / 2` |
//!
//! `z` is the standard normal quantile. `p99` stands for `sigma` by `ln(p99 / mean) = z99 * sigma - sigma^2 / 2`, the
//! smaller root; so `p99` is at most about 15 times `mean`. Whatever is drawn is kept between `min` and `max`.

use crate::balance::Random;

/// The 99th percentile of the standard normal distribution.
const Z99: f64 = 2.326_347_874_040_841;

/// Where a backend's time comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Service {
    /// From the trace.
    Trace,
    /// From chance.
    Drawn(Distribution),
}

/// A time that may be drawn, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    shape: Shape,
    min: f64,
    max: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Constant(u64),
    Uniform,
    Exponential { mean: f64 },
    Lognormal { mu: f64, sigma: f64 },
}

/// What a distribution can be given: times in milliseconds, and `sigma`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parameters {
    /// The mean.
    pub mean: Option<f64>,
    /// What nothing is below.
    pub min: Option<f64>,
    /// What nothing is above.
    pub max: Option<f64>,
    /// The standard deviation of the logarithm.
    pub sigma: Option<f64>,
    /// The 99th percentile.
    pub p99: Option<f64>,
}

/// Makes a service time of parameters, or tells why it cannot.
type Make = fn(&Parameters) -> Result<Service, &'static str>;

/// The distributions by name.
pub const DISTRIBUTIONS: &[(&str, Make)] = &[
    ("constant", |given| {
        given.without_tail()?;
        given.kept(Shape::Constant(given.mean()? as u64))
    }),
    ("uniform", |given| {
        given.without_tail()?;
        given.max.ok_or("`max` is missing").and_then(|_| given.kept(Shape::Uniform))
    }),
    ("exponential", |given| {
        given.without_tail()?;
        given.kept(Shape::Exponential { mean: given.mean()? })
    }),
    ("lognormal", |given| given.kept(lognormal(given.mean()?, given.sigma, given.p99)?)),
    ("trace", |_| Ok(Service::Trace)),
];

impl Parameters {
    fn mean(&self) -> Result<f64, &'static str> {
        self.mean.ok_or("`mean` is missing")
    }

    fn without_tail(&self) -> Result<(), &'static str> {
        match (self.sigma, self.p99) {
            (None, None) => Ok(()),
            _ => Err("`sigma` and `p99` belong to `lognormal`"),
        }
    }

    fn kept(&self, shape: Shape) -> Result<Service, &'static str> {
        let (min, max) = (self.min.unwrap_or(0.0), self.max.unwrap_or(f64::INFINITY));
        match shape {
            _ if min > max => Err("`min` is more than `max`"),
            Shape::Constant(time) => Ok(Service::Drawn(Distribution::constant((time as f64).clamp(min, max) as u64))),
            shape => Ok(Service::Drawn(Distribution { shape, min, max })),
        }
    }
}

fn lognormal(mean: f64, sigma: Option<f64>, p99: Option<f64>) -> Result<Shape, &'static str> {
    let sigma = match (sigma, p99) {
        _ if mean <= 0.0 => return Err("a lognormal distribution wants a `mean` above 0"),
        (Some(sigma), None) => sigma,
        (None, Some(p99)) => {
            let root = Z99 * Z99 - 2.0 * (p99 / mean).ln();
            if p99 < mean || root < 0.0 {
                return Err("`p99` must be between `mean` and 14.9 times `mean`");
            }
            Z99 - root.sqrt()
        }
        _ => return Err("a lognormal distribution wants `sigma` or `p99`"),
    };
    Ok(Shape::Lognormal { mu: mean.ln() - sigma * sigma / 2.0, sigma })
}

impl Distribution {
    /// Always the same.
    #[must_use]
    pub fn constant(milliseconds: u64) -> Distribution {
        Distribution { shape: Shape::Constant(milliseconds), min: 0.0, max: f64::INFINITY }
    }

    /// The time, if it is always the same.
    #[must_use]
    pub fn fixed(&self) -> Option<u64> {
        match self.shape {
            Shape::Constant(time) => Some(time),
            _ => None,
        }
    }

    /// Draws a time, in milliseconds.
    pub fn draw(&self, rng: &mut impl Random) -> u64 {
        if let Shape::Constant(time) = self.shape {
            return time;
        }
        let u = (f64::from(rng.next()) + 0.5) / 2_147_483_648.0;
        let time = match self.shape {
            Shape::Constant(time) => time as f64,
            Shape::Uniform => self.min + u * (self.max - self.min),
            Shape::Exponential { mean } => -mean * (-u).ln_1p(),
            Shape::Lognormal { mu, sigma } => (mu + sigma * quantile(u)).exp(),
        };
        // A `max` below a `min` was refused, so this cannot panic; casting cuts at what fits.
        time.clamp(self.min, self.max).round() as u64
    }
}

/// The standard normal quantile, by the rational approximation of P. J. Acklam (relative error below 1.2e-9).
fn quantile(u: f64) -> f64 {
    const CENTRE: ([f64; 6], [f64; 6]) = (
        [
            -39.696_830_286_653_76,
            220.946_098_424_520_5,
            -275.928_510_446_968_7,
            138.357_751_867_269,
            -30.664_798_066_147_16,
            2.506_628_277_459_239,
        ],
        [
            -54.476_098_798_224_06,
            161.585_836_858_040_9,
            -155.698_979_859_886_6,
            66.801_311_887_719_72,
            -13.280_681_552_885_72,
            1.0,
        ],
    );
    const TAIL: ([f64; 6], [f64; 5]) = (
        [
            -0.007_784_894_002_430_293,
            -0.322_396_458_041_136_5,
            -2.400_758_277_161_838,
            -2.549_732_539_343_734,
            4.374_664_141_464_968,
            2.938_163_982_698_783,
        ],
        [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0],
    );
    const EDGE: f64 = 0.02425;
    if u < EDGE {
        let q = (-2.0 * u.ln()).sqrt();
        polynomial(&TAIL.0, q) / polynomial(&TAIL.1, q)
    } else if u > 1.0 - EDGE {
        -quantile(1.0 - u)
    } else {
        let q = u - 0.5;
        q * polynomial(&CENTRE.0, q * q) / polynomial(&CENTRE.1, q * q)
    }
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that cover the range evenly.
    struct Even(u32);

    impl Random for Even {
        fn next(&mut self) -> u32 {
            self.0 = (self.0 + 214_748 * 7919) % (1 << 31);
            self.0
        }
    }

    /// Draws 10000 times and compares mean and 99th percentile, to 2 %.
    fn check(distribution: Distribution, mean: f64, p99: f64) {
        let mut rng = Even(0);
        let mut drawn: Vec<u64> = (0..10_000).map(|_| distribution.draw(&mut rng)).collect();
        drawn.sort_unstable();
        let found = drawn.iter().sum::<u64>() as f64 / 10_000.0;
        assert!((found / mean - 1.0).abs() < 0.02, "mean {found}, not {mean}: {distribution:?}");
        let found = drawn[9_900] as f64;
        assert!((found / p99 - 1.0).abs() < 0.02, "p99 {found}, not {p99}: {distribution:?}");
    }

    fn made(name: &str, [mean, min, max, sigma, p99]: [f64; 5]) -> Result<Distribution, &'static str> {
        let some = |value: f64| (value >= 0.0).then_some(value);
        let given = Parameters { mean: some(mean), min: some(min), max: some(max), sigma: some(sigma), p99: some(p99) };
        let (_, make) = DISTRIBUTIONS.iter().find(|(known, _)| *known == name).unwrap();
        make(&given).map(|service| if let Service::Drawn(drawn) = service { drawn } else { panic!("not drawn") })
    }

    /// No parameter.
    const NO: f64 = -1.0;

    #[test]
    fn draws() {
        check(Distribution::constant(70), 70.0, 70.0);
        check(made("uniform", [NO, 100.0, 300.0, NO, NO]).unwrap(), 200.0, 298.0);
        check(made("exponential", [1000.0, NO, NO, NO, NO]).unwrap(), 1000.0, 4605.0);
        check(made("exponential", [1000.0, 2000.0, 2000.0, NO, NO]).unwrap(), 2000.0, 2000.0);
        check(made("lognormal", [1000.0, NO, NO, NO, 5000.0]).unwrap(), 1000.0, 5000.0);
        check(made("lognormal", [1000.0, NO, NO, 0.5, NO]).unwrap(), 1000.0, 2824.0);
    }

    #[test]
    fn quantiles() {
        for (u, z) in [(0.5, 0.0), (0.99, Z99), (0.975, 1.959_963_985), (0.001, -3.090_232_306)] {
            assert!((quantile(u) - z).abs() < 1e-7, "{u}: {}", quantile(u));
        }
    }

    #[test]
    fn refuses_what_cannot_be() {
        let cases = [
            ("lognormal", [10.0, NO, NO, NO, 200.0], "`p99` must be between `mean` and 14.9 times `mean`"),
            ("lognormal", [10.0, NO, NO, NO, 5.0], "`p99` must be between `mean` and 14.9 times `mean`"),
            ("lognormal", [10.0, NO, NO, 1.0, 5.0], "a lognormal distribution wants `sigma` or `p99`"),
            ("lognormal", [0.0, NO, NO, 1.0, NO], "a lognormal distribution wants a `mean` above 0"),
            ("uniform", [NO, 2.0, 1.0, NO, NO], "`min` is more than `max`"),
            ("uniform", [NO, 2.0, NO, NO, NO], "`max` is missing"),
            ("exponential", [NO, NO, NO, NO, NO], "`mean` is missing"),
            ("exponential", [1.0, NO, NO, 2.0, NO], "`sigma` and `p99` belong to `lognormal`"),
        ];
        for (name, given, why) in cases {
            assert_eq!(made(name, given), Err(why), "{name} {given:?}");
        }
    }
}
