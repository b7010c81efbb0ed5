//! rand_distr as a contestant: takes turns as lines of JSON (bench/protocol.ts) until stdin closes.

mod data;
mod works;

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use cpu_time::ProcessTime;
use serde_json::{json, Value};

use works::{prepare, Job};

const MOST_REPETITIONS: u64 = 100_000;

struct Prepared {
    job: Box<dyn Job>,
    repetitions: u64,
}

#[derive(Default)]
struct Contestant {
    case: String,
    prepared: HashMap<String, Prepared>,
}

impl Contestant {
    /// As in bench/works.ts.
    fn take_turn(&mut self, turn: &Value) -> Option<Value> {
        let (case, work, variant) = (turn["case"].as_str()?, turn["work"].as_str()?, turn["variant"].as_str()?);
        let operations = turn["operations"].as_u64()?;
        if case != self.case {
            self.prepared.clear();
            self.case = case.to_owned();
        }
        let key = format!("{work} {variant} {operations}");
        if !self.prepared.contains_key(&key) {
            let job = prepare(work, variant, operations as usize, &turn["parameters"])?;
            self.prepared.insert(key.clone(), Prepared { job, repetitions: 1 });
        }
        let entry = self.prepared.get_mut(&key)?;

        let before = ProcessTime::now();
        for _ in 0..entry.repetitions {
            entry.job.run();
        }
        let nanoseconds = before.elapsed().as_nanos() as u64;
        let repetitions = entry.repetitions;
        entry.repetitions = next_repetitions(repetitions, nanoseconds, turn["leastNanoseconds"].as_u64()?);
        Some(json!({
            "nanoseconds": nanoseconds,
            "operations": repetitions * operations,
            "checksum": entry.job.checksum(),
        }))
    }
}

fn next_repetitions(repetitions: u64, nanoseconds: u64, least: u64) -> u64 {
    if nanoseconds >= least {
        return repetitions;
    }
    (repetitions * least).div_ceil(nanoseconds.max(1)).min(10 * repetitions).min(MOST_REPETITIONS)
}

fn say(message: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{message}")?;
    out.flush()
}

fn main() -> io::Result<()> {
    say(&json!({ "versions": {} }))?;
    let mut contestant = Contestant::default();
    for line in io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?)
            .ok()
            .and_then(|turn: Value| contestant.take_turn(&turn))
            .unwrap_or_else(|| json!({ "refused": "no such work" }));
        say(&answer)?;
    }
    Ok(())
}
