//! Data that every contestant makes for itself, as in bench/data.ts.

pub fn unit_at(index: u32, stream: u32) -> f64 {
    let mut h = index.wrapping_add(stream.wrapping_mul(0x9e37_79b9));
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^= h >> 16;
    (f64::from(h) + 0.5) / 4_294_967_296.0
}

pub fn units(length: usize, stream: u32, low: f64, high: f64) -> Vec<f64> {
    (0..length as u32).map(|i| low + (high - low) * unit_at(i, stream)).collect()
}

pub const SHAPES_A: u32 = 1;
pub const SHAPES_B: u32 = 2;
pub const OWN_COSTS: u32 = 3;

/// Shapes a, b and the cost of every arm.
pub fn posteriors(arms: usize) -> Vec<(f64, f64, f64)> {
    (0..arms).map(|k| (10.0 + k as f64, 5.0, 0.1 * k as f64 / (arms as f64 - 1.0))).collect()
}
