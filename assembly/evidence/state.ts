/**
 * Evidence blocks that come from outside: checked, mended, merged (docs/MATH.md §30).
 *
 * A block's cells are its truth; sums over them (models, families, all) and the terms of the dispersion follow from the cells and are made anew where
 * cells have changed by other ways than an observation.
 */
import { alignLandmark, LANDMARK_SPAN } from './decay';
import { moveCell } from './dispersion';
import {
  add,
  armArray,
  armBytes,
  armCount,
  ArmField,
  at,
  evidenceBytes,
  familyArray,
  familyCount,
  FamilyField,
  Header,
  HEADER_BYTES,
  LAYOUT_VERSION,
  MAGIC,
  paddedBytes,
  RowField,
  rowOf,
  segmentCount,
} from './layout';
import { chooseStrength, REPORTS_BETWEEN_ESTIMATES } from './strength';

/** What is wrong with a block as a whole; cells that are wrong are counted instead, from 0. */
export namespace Fault {
  export const MAGIC: i32 = -1;
  export const VERSION: i32 = -2;
  export const SIZE: i32 = -3; // numbers of arms, families and segments do not give its bytes
  export const HEADER: i32 = -4; // half-life, landmark, clock, prior, strength or its scores
  export const ARM: i32 = -5; // an arm's family or price
}

const MOST_ARMS: u32 = 4096;
const MOST_CELLS: u64 = 1 << 21;
/** Of a sum: beyond it, sums of sums could overflow. */
const LARGEST: f64 = 1e200;
const SHORTEST_HALF_LIFE: f64 = 0.001;
/** Of priors. */
const LARGEST_STRENGTH: f64 = 1e6;
/** 2^53: clocks count whole decisions or milliseconds. */
const LATEST_CLOCK: f64 = 9007199254740992;
/** Rewards are at most 1, so Σ w r² <= Σ w r but for rounding. */
const LARGEST_SQUARE: f64 = 1 + 1e-9;
/** Map entry of what is left out. */
const NONE: u32 = 0xffffffff;

/** Checks a block of `bytes`; empties cells that cannot be, which makes the sums over cells anew. Returns their number or a Fault. */
export function checkEvidence(evidence: usize, bytes: usize): i32 {
  if (bytes < HEADER_BYTES || load<u32>(evidence, Header.MAGIC) != MAGIC) return Fault.MAGIC;
  if (load<u32>(evidence, Header.VERSION) != LAYOUT_VERSION) return Fault.VERSION;
  const arms = armCount(evidence);
  const families = familyCount(evidence);
  const segments = segmentCount(evidence);
  // So bounded, the size cannot wrap around 2^32.
  const bounded = arms > 0 && arms <= MOST_ARMS && families <= MOST_ARMS && <u64>arms * segments <= MOST_CELLS;
  if (!bounded || segments == 0 || evidenceBytes(arms, families, segments) != bytes) return Fault.SIZE;
  if (!isSoundHeader(evidence)) return Fault.HEADER;
  clearPadding(evidence);
  if (!areSoundArms(evidence)) return Fault.ARM;
  let bad = 0;
  const stride = armBytes(evidence);
  for (let segment: u32 = 0; segment < segments; segment++) {
    const row = rowOf(evidence, segment);
    for (let i: usize = 0; i < stride; i += 8) {
      if (isSoundCell(row + i, stride) && (i < (<usize>arms) << 3 || isEmptyCell(row + i, stride))) continue;
      for (let field: usize = 0; field < RowField.COUNT; field++) store<f64>(row + i + field * stride, 0);
      bad++;
    }
  }
  if (!areSoundSums(evidence)) bad += bad == 0 ? 1 : 0;
  // Not before, as those sums are no cells'.
  bad += mendArms(evidence);
  if (bad > 0) sumCells(evidence);
  return bad;
}

/** Kernels read pairs: what stands beside an odd last arm must do no harm. */
function clearPadding(evidence: usize): void {
  const arms = armCount(evidence);
  const families = familyCount(evidence);
  for (let field: usize = 0; field < ArmField.COUNT && arms & 1; field++)
    store<f64>(at(armArray(evidence, field), arms), 0);
  for (let field: usize = 0; field < FamilyField.COUNT && families & 1; field++)
    store<f64>(at(familyArray(evidence, field), families), 0);
}

// @ts-ignore: decorator
@inline
function isSum(value: f64): bool {
  return value >= 0 && value <= LARGEST;
}

function isSoundHeader(evidence: usize): bool {
  const halfLife = load<f64>(evidence, Header.HALF_LIFE);
  const landmark = load<f64>(evidence, Header.LANDMARK);
  const clock = load<f64>(evidence, Header.CLOCK);
  const mean = load<f64>(evidence, Header.PRIOR_MEAN);
  const strength = load<f64>(evidence, Header.PRIOR_STRENGTH);
  const kappa = load<f64>(evidence, Header.KAPPA);
  const age = floor(clock / halfLife) - landmark;
  const placed = halfLife == Infinity ? landmark == 0 : landmark == floor(landmark) && age >= 0 && age < LANDMARK_SPAN;
  let scores: f64 = 0;
  for (let i: usize = 0; i < 32; i += 8) scores += abs(load<f64>(evidence + Header.KAPPA_SCORES + i));
  return (
    halfLife >= SHORTEST_HALF_LIFE &&
    landmark >= 0 &&
    clock >= 0 &&
    clock <= LATEST_CLOCK &&
    placed &&
    mean > 0 &&
    mean < 1 &&
    strength > 0 &&
    strength <= LARGEST_STRENGTH &&
    kappa >= 12 &&
    kappa <= 24 &&
    isSum(scores) &&
    isSum(load<f64>(evidence, Header.REPORTS)) &&
    isSum(load<f64>(evidence, Header.OUTPUT_TOKENS)) &&
    isSum(load<f64>(evidence, Header.OUTPUT_TOKENS_WEIGHT))
  );
}

/** Families within the block, as many arms in each as it says, prices not negative (or NaN: none). */
function areSoundArms(evidence: usize): bool {
  const arms = armCount(evidence);
  const counts = familyArray(evidence, FamilyField.ARMS);
  const end = counts + paddedBytes(familyCount(evidence));
  // Counted down to 0 and up again: counts that were right keep their bits.
  for (let arm: u32 = 0; arm < arms; arm++) {
    const family = load<u32>(at(armArray(evidence, ArmField.FAMILY), arm));
    if (family >= familyCount(evidence)) return false;
    add(at(counts, family), -1);
    for (let field = ArmField.INPUT_PRICE; field <= ArmField.OUTPUT_PRICE; field++) {
      const price = load<f64>(at(armArray(evidence, field), arm));
      if (price < 0 || price > LARGEST) return false;
    }
  }
  for (let count = counts; count < end; count += 8) if (load<f64>(count) != 0) return false;
  for (let arm: u32 = 0; arm < arms; arm++) add(at(counts, load<u32>(at(armArray(evidence, ArmField.FAMILY), arm))), 1);
  return true;
}

/** Takes away priors and sums of input tokens that cannot be. Returns how many. */
function mendArms(evidence: usize): i32 {
  let bad = 0;
  let owned: u32 = 0;
  for (let arm: u32 = 0; arm < armCount(evidence); arm++) {
    const tokens = at(armArray(evidence, ArmField.INPUT_TOKENS), arm);
    if (!isSum(load<f64>(tokens))) {
      store<f64>(tokens, 0);
      bad++;
    }
    const mean = load<f64>(at(armArray(evidence, ArmField.PRIOR_MEAN), arm));
    const place = at(armArray(evidence, ArmField.PRIOR_STRENGTH), arm);
    const strength = load<f64>(place);
    if (strength == 0) continue;
    if (mean > 0 && mean < 1 && strength > 0 && strength <= LARGEST_STRENGTH) owned = 1;
    else {
      store<f64>(place, 0);
      bad++;
    }
  }
  store<u32>(evidence, owned, Header.OWN_PRIORS);
  return bad;
}

function isSoundCell(cell: usize, bytes: usize): bool {
  for (let field: usize = 0; field < RowField.COUNT; field++) if (!isSum(load<f64>(cell + field * bytes))) return false;
  return load<f64>(cell + RowField.SQUARES * bytes) <= LARGEST_SQUARE * load<f64>(cell);
}

function isEmptyCell(cell: usize, bytes: usize): bool {
  for (let field: usize = 0; field < RowField.COUNT; field++) if (load<f64>(cell + field * bytes) != 0) return false;
  return true;
}

/** Sums over cells; those of the dispersion are differences and may be a rounding below 0. */
function areSoundSums(evidence: usize): bool {
  for (let i = Header.SUCCESSES; i < Header.OUTPUT_TOKENS; i += 8) if (!isSum(load<f64>(evidence + i))) return false;
  for (let i = Header.WITHIN_SQUARES; i < Header.KAPPA; i += 8) if (!isSum(abs(load<f64>(evidence + i)))) return false;
  return (
    areSums(armArray(evidence, ArmField.SUCCESSES), armArray(evidence, ArmField.INPUT_PRICE)) &&
    areSums(familyArray(evidence, FamilyField.SUCCESSES), familyArray(evidence, FamilyField.ARMS))
  );
}

function areSums(from: usize, to: usize): bool {
  for (; from < to; from += 8) if (!isSum(load<f64>(from))) return false;
  return true;
}

/** Makes everything anew that follows from the cells: segments in their order, arms in theirs. */
export function sumCells(evidence: usize): void {
  const arms = armCount(evidence);
  const bytes = armBytes(evidence);
  memory.fill(evidence + Header.SUCCESSES, 0, Header.OUTPUT_TOKENS - Header.SUCCESSES);
  memory.fill(evidence + Header.WITHIN_SQUARES, 0, Header.KAPPA - Header.WITHIN_SQUARES);
  memory.fill(armArray(evidence, 0), 0, (ArmField.COST_WEIGHT + 1) * bytes);
  memory.fill(familyArray(evidence, 0), 0, FamilyField.ARMS * paddedBytes(familyCount(evidence)));
  for (let segment: u32 = 0; segment < segmentCount(evidence); segment++) {
    for (let arm: u32 = 0; arm < arms; arm++) {
      const cell = at(rowOf(evidence, segment), arm);
      const model = at(armArray(evidence, 0), arm);
      moveCell(evidence, cell, bytes, 0, 0, 0, 0);
      add(model, load<f64>(cell));
      add(model + ArmField.FAILURES * bytes, load<f64>(cell + RowField.FAILURES * bytes));
      add(model + ArmField.COST * bytes, load<f64>(cell + RowField.COST * bytes));
      add(model + ArmField.COST_WEIGHT * bytes, load<f64>(cell + RowField.COST_WEIGHT * bytes));
    }
  }
  for (let arm: u32 = 0; arm < arms; arm++) {
    const model = at(armArray(evidence, 0), arm);
    const family = load<u32>(at(armArray(evidence, ArmField.FAMILY), arm));
    add(at(familyArray(evidence, FamilyField.SUCCESSES), family), load<f64>(model));
    add(at(familyArray(evidence, FamilyField.FAILURES), family), load<f64>(model + ArmField.FAILURES * bytes));
    // Successes, failures, cost and its weight stand in one order in both places.
    for (let field: usize = 0; field < 4; field++)
      add(evidence + Header.SUCCESSES + (field << 3), load<f64>(model + field * bytes));
  }
}

/**
 * Adds the cells of `other`, a checked block of equal half-life whose memory is brought to the common landmark: arm i to `arms[i]`, segment j to
 * `segments[j]` (u32 each; 2^32 - 1: left out). Returns 0, or -1 where the half-lives differ.
 */
export function mergeEvidence(evidence: usize, other: usize, arms: usize, segments: usize): i32 {
  if (load<f64>(evidence, Header.HALF_LIFE) != load<f64>(other, Header.HALF_LIFE)) return -1;
  const landmark = max(load<f64>(evidence, Header.LANDMARK), load<f64>(other, Header.LANDMARK));
  alignLandmark(evidence, landmark);
  alignLandmark(other, landmark);
  store<f64>(evidence, max(load<f64>(evidence, Header.CLOCK), load<f64>(other, Header.CLOCK)), Header.CLOCK);
  addNumber(evidence, other, Header.REPORTS);
  addNumber(evidence, other, Header.OUTPUT_TOKENS);
  addNumber(evidence, other, Header.OUTPUT_TOKENS_WEIGHT);
  for (let i: usize = 0; i < 32; i += 8) addNumber(evidence, other, Header.KAPPA_SCORES + i);
  for (let arm: u32 = 0; arm < armCount(other); arm++) {
    const target = load<u32>(arms + ((<usize>arm) << 2));
    if (target == NONE) continue;
    const tokens = load<f64>(at(armArray(other, ArmField.INPUT_TOKENS), arm));
    add(at(armArray(evidence, ArmField.INPUT_TOKENS), target), tokens);
  }
  for (let segment: u32 = 0; segment < segmentCount(other); segment++) {
    const target = load<u32>(segments + ((<usize>segment) << 2));
    if (target != NONE) addRow(rowOf(evidence, target), armBytes(evidence), rowOf(other, segment), other, arms);
  }
  sumCells(evidence);
  if (load<f64>(evidence, Header.REPORTS) >= <f64>REPORTS_BETWEEN_ESTIMATES) chooseStrength(evidence);
  return 0;
}

// @ts-ignore: decorator
@inline
function addNumber(evidence: usize, other: usize, field: usize): void {
  add(evidence + field, load<f64>(other + field));
}

function addRow(row: usize, bytes: usize, from: usize, other: usize, arms: usize): void {
  const fromBytes = armBytes(other);
  for (let arm: u32 = 0; arm < armCount(other); arm++) {
    const target = load<u32>(arms + ((<usize>arm) << 2));
    if (target == NONE) continue;
    for (let field: usize = 0; field < RowField.COUNT; field++)
      add(at(row, target) + field * bytes, load<f64>(at(from, arm) + field * fromBytes));
  }
}
