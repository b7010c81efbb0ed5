//! What rand_distr is asked to do, each in its best shape: distributions made once, a small fast generator known to the compiler,
//! a tight loop into a vector that already exists.

use rand::SeedableRng;
use rand_distr::{Beta, Distribution, Exp1, Gamma};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use crate::data::{posteriors, units, OWN_COSTS, SHAPES_A, SHAPES_B};

/// Does the work once; the checksum is of what it left behind.
pub trait Job {
    fn run(&mut self);
    fn checksum(&self) -> f64;
}

type Generator = Xoshiro256PlusPlus;

/// The job of a turn, or None for a work or variant that is not here.
pub fn prepare(work: &str, variant: &str, operations: usize, parameters: &Value) -> Option<Box<dyn Job>> {
    let number = |name: &str| parameters[name].as_f64();
    let arms = || Some(parameters["arms"].as_u64()? as usize);
    Some(match (work, variant) {
        ("beta", "two Gamma") => {
            let (x, y) = (gamma(number("a")?)?, gamma(number("b")?)?);
            fill(operations, 1.0, move |rng| {
                let draw = x.sample(rng);
                draw / (draw + y.sample(rng))
            })
        }
        ("beta", "Beta") => {
            let beta = Beta::new(number("a")?, number("b")?).ok()?;
            fill(operations, 1.0, move |rng| beta.sample(rng))
        }
        ("beta-own", "two Gamma") => {
            let (a, b) = (units(operations, SHAPES_A, 1.0, 200.0), units(operations, SHAPES_B, 1.0, 200.0));
            Box::new(Own { rng: seeded(), a, b, out: vec![0.0; operations] })
        }
        ("gamma", "Gamma") => {
            let shape = number("shape")?;
            let distribution = gamma(shape)?;
            fill(operations, 1.0 / shape, move |rng| distribution.sample(rng))
        }
        ("gamma", "Exp1") if number("shape")? == 1.0 => fill(operations, 1.0, move |rng| Exp1.sample(rng)),
        ("decisions-common", "two Gamma") => {
            let row = posteriors(arms()?).iter().map(|p| p.2).collect::<Vec<f64>>();
            decide(operations, arms()?, row)?
        }
        ("decisions-own", "two Gamma") => {
            decide(operations, arms()?, units(operations * arms()?, OWN_COSTS, 0.0, 0.1))?
        }
        _ => return None,
    })
}

fn seeded() -> Generator {
    Generator::seed_from_u64(1)
}

fn gamma(shape: f64) -> Option<Gamma<f64>> {
    Gamma::new(shape, 1.0).ok()
}

struct Fill<F> {
    rng: Generator,
    draw: F,
    scale: f64,
    out: Vec<f64>,
}

fn fill<F: FnMut(&mut Generator) -> f64 + 'static>(operations: usize, scale: f64, draw: F) -> Box<dyn Job> {
    Box::new(Fill { rng: seeded(), draw, scale, out: vec![0.0; operations] })
}

impl<F: FnMut(&mut Generator) -> f64> Job for Fill<F> {
    fn run(&mut self) {
        // A local copy of the generator may live in registers.
        let mut rng = self.rng.clone();
        for value in &mut self.out {
            *value = (self.draw)(&mut rng);
        }
        self.rng = rng;
    }

    fn checksum(&self) -> f64 {
        self.scale * mean(&self.out)
    }
}

struct Own {
    rng: Generator,
    a: Vec<f64>,
    b: Vec<f64>,
    out: Vec<f64>,
}

impl Job for Own {
    fn run(&mut self) {
        let mut rng = self.rng.clone();
        for ((value, &a), &b) in self.out.iter_mut().zip(&self.a).zip(&self.b) {
            let (Ok(x), Ok(y)) = (Gamma::new(a, 1.0), Gamma::new(b, 1.0)) else { continue };
            let draw: f64 = x.sample(&mut rng);
            *value = draw / (draw + y.sample(&mut rng));
        }
        self.rng = rng;
    }

    fn checksum(&self) -> f64 {
        mean(&self.out)
    }
}

/// `costs` holds one row for all decisions, or one for each.
struct Decide {
    rng: Generator,
    arms: Vec<(Gamma<f64>, Gamma<f64>)>,
    costs: Vec<f64>,
    out: Vec<u32>,
}

fn decide(operations: usize, arms: usize, costs: Vec<f64>) -> Option<Box<dyn Job>> {
    let arms = posteriors(arms)
        .iter()
        .map(|&(a, b, _)| Some((gamma(a)?, gamma(b)?)))
        .collect::<Option<Vec<_>>>()?;
    Some(Box::new(Decide { rng: seeded(), arms, costs, out: vec![0; operations] }))
}

impl Job for Decide {
    fn run(&mut self) {
        let mut rng = self.rng.clone();
        let rows = self.costs.chunks_exact(self.arms.len()).cycle();
        for (chosen, costs) in self.out.iter_mut().zip(rows) {
            let mut most = f64::NEG_INFINITY;
            for (k, ((x, y), cost)) in self.arms.iter().zip(costs).enumerate() {
                let draw = x.sample(&mut rng);
                let utility = draw / (draw + y.sample(&mut rng)) - cost;
                if utility > most {
                    most = utility;
                    *chosen = k as u32;
                }
            }
        }
        self.rng = rng;
    }

    fn checksum(&self) -> f64 {
        let last = self.arms.len() as u32 - 1;
        self.out.iter().filter(|&&arm| arm == last).count() as f64 / self.out.len() as f64
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
