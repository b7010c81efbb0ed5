/**
 * The weight of an input in a prompt. Counts: (1 + log count) · √idf, idf = 1 + log((1 + prompts)/(1 + prompts with it)), and the prompt's weights are
 * scaled to length 1: it says which words a prompt has, not how long it is. Values of a vector: value/root mean square of that input, not scaled further.
 *
 * Sublinear term frequency and idf: Manning, Raghavan & Schütze 2008, §6.2 and §6.4. The root, because principal directions follow products of weights:
 * a word that two prompts share counts by its idf once.
 */
import { log } from '../math/log';

// @ts-ignore: decorator
@inline
export function weightOf(scale: f64, value: f64, dense: bool): f64 {
  return scale * (dense || value == 1 ? value : 1 + log(value));
}

/** Writes the scales of all inputs from the prompts' entries; `entries` of them. */
export function scalesInto(
  prompts: u32,
  entries: u32,
  indices: usize,
  values: usize,
  dense: bool,
  inputs: u32,
  scales: usize,
): void {
  const n = <f64>prompts;
  memory.fill(scales, 0, (<usize>inputs) << 3);
  for (let i: u32 = 0; i < entries; i++) {
    const at = scales + ((<usize>load<u32>(indices + ((<usize>i) << 2))) << 3);
    const value = dense ? load<f64>(values + ((<usize>i) << 3)) : 1;
    store<f64>(at, load<f64>(at) + value * value);
  }
  for (const end = scales + ((<usize>inputs) << 3); scales < end; scales += 8) {
    const sum = load<f64>(scales);
    if (dense) store<f64>(scales, sum > 0 ? sqrt(n / sum) : 0);
    else store<f64>(scales, sqrt(1 + log((1 + n) / (1 + sum))));
  }
}
