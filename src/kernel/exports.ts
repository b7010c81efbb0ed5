/** The kernel's raw exports; addresses and counts are unsigned 32-bit numbers. Written by scripts/make-abi.mjs from assembly/abi; do not edit. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;

  abi_version(): number;
  allocate(bytes: number): number;

  sampler_bytes(): number;
  sampler_init(sampler: number, seedLow: number, seedHigh: number): void;
  sampler_next_block(sampler: number): void;
  sampler_fill(
    sampler: number,
    distribution: number,
    count: number,
    p: number,
    q: number,
    out: number,
  ): void;
  sampler_fill_betas(
    sampler: number,
    count: number,
    alphas: number,
    betas: number,
    out: number,
  ): void;
  beta_table_bytes(): number;
  beta_table_build(table: number, a: number, b: number): void;
  sampler_fill_table(sampler: number, table: number, count: number, out: number): void;

  evidence_bytes(arms: number, families: number, segments: number): number;
  evidence_init(
    evidence: number,
    arms: number,
    families: number,
    segments: number,
    halfLife: number,
    priorMean: number,
    priorStrength: number,
  ): void;
  evidence_set_arm(
    evidence: number,
    arm: number,
    family: number,
    inputPrice: number,
    outputPrice: number,
  ): void;
  evidence_set_segments(evidence: number, segments: number): void;
  evidence_observe(
    evidence: number,
    scratch: number,
    segment: number,
    arm: number,
    reward: number,
    cost: number,
    promptTokens: number,
    clock: number,
  ): void;
  evidence_observe_weighted(
    evidence: number,
    scratch: number,
    segment: number,
    arm: number,
    reward: number,
    cost: number,
    promptTokens: number,
    clock: number,
    factor: number,
  ): void;
  evidence_reports(evidence: number): number;
  evidence_kappa(evidence: number): number;
  evidence_dispersion(evidence: number): number;
  evidence_forecast(
    evidence: number,
    scratch: number,
    segment: number,
    clock: number,
    promptTokens: number,
  ): void;

  policy_bytes(): number;
  trace_bytes(arms: number, latency: number, risk: number, context: number): number;
  trace_explain(
    arms: number,
    slot: number,
    seedLow: number,
    seedHigh: number,
    epsilon: number,
    baseline: number,
    policy: number,
    latency: number,
    context: number,
    scratch: number,
    mask: number,
    propensityScratch: number,
    p: number,
    confidences: number,
    out: number,
  ): number;

  scratch_bytes(arms: number): number;
  scratch_means(scratch: number, arms: number): number;
  scratch_shapes(scratch: number, arms: number): number;
  scratch_costs(scratch: number, arms: number): number;
  decide_batch(
    evidence: number,
    scratch: number,
    seedLow: number,
    seedHigh: number,
    sequenceLow: number,
    sequenceHigh: number,
    rows: number,
    segments: number,
    promptTokens: number,
    clocks: number,
    masks: number,
    costWeight: number,
    explorationScale: number,
    policy: number,
    out: number,
  ): void;
  argmax_utility(
    rows: number,
    arms: number,
    quality: number,
    cost: number,
    uncertainty: number,
    mask: number,
    costWeight: number,
    riskWeight: number,
    out: number,
  ): void;
  table_choices_scratch_bytes(arms: number): number;
  choices_from_tables(
    seedLow: number,
    seedHigh: number,
    sequenceLow: number,
    sequenceHigh: number,
    rows: number,
    arms: number,
    tables: number,
    costs: number,
    costWeight: number,
    scratch: number,
    out: number,
  ): void;

  decide_batch_floored(
    evidence: number,
    scratch: number,
    seedLow: number,
    seedHigh: number,
    sequenceLow: number,
    sequenceHigh: number,
    rows: number,
    segments: number,
    promptTokens: number,
    clocks: number,
    masks: number,
    costWeight: number,
    explorationScale: number,
    epsilon: number,
    baseline: number,
    propensityScratch: number,
    propensities: number,
    latency: number,
    policy: number,
    out: number,
  ): void;

  replay_run(
    evidence: number,
    scratch: number,
    seedLow: number,
    seedHigh: number,
    from: number,
    to: number,
    order: number,
    segments: number,
    promptTokens: number,
    quality: number,
    cost: number,
    costWeight: number,
    explorationScale: number,
    knownCost: number,
    latency: number,
    latencyMs: number,
    outputTokens: number,
    clocks: number,
    drift: number,
    pacer: number,
    chosen: number,
  ): void;
  stream_bytes(): number;
  bootstrap_counts(
    stream: number,
    seedLow: number,
    seedHigh: number,
    group: number,
    rows: number,
    counts: number,
  ): void;
  bootstrap_sums(rows: number, counts: number, panel: number, out: number): void;

  composite_reward(
    validity: number,
    latencyMs: number,
    noRetry: number,
    validityWeight: number,
    latencyWeight: number,
    retryWeight: number,
    latencyMidpointMs: number,
    latencyScaleMs: number,
  ): number;

  ridge_bytes(d: number): number;
  ridge_fit_bytes(d: number, iterations: number): number;
  ridge_predict_bytes(d: number): number;
  ridge_init(ridge: number, d: number, intercept: number): void;
  ridge_add_rows(
    ridge: number,
    scratch: number,
    rows: number,
    x: number,
    y: number,
    weights: number,
    stable: number,
  ): void;
  ridge_finish_rows(ridge: number): number;
  ridge_begin_again(ridge: number, scratch: number, stable: number): void;
  ridge_fit(
    ridge: number,
    scratch: number,
    noiseShape: number,
    noiseRate: number,
    weightShape: number,
    weightRate: number,
    tolerance: number,
    iterations: number,
    noisePrecision: number,
    weightPrecision: number,
    stable: number,
  ): number;
  ridge_path(scratch: number, d: number): number;
  ridge_centre(ridge: number): number;
  ridge_coefficients(ridge: number): number;
  ridge_begin_online(
    ridge: number,
    halfLife: number,
    noisePrecision: number,
    weightPrecision: number,
  ): void;
  ridge_observe(
    ridge: number,
    scratch: number,
    rows: number,
    x: number,
    y: number,
    clocks: number,
    weights: number,
  ): number;
  ridge_advance(ridge: number, clock: number): void;
  ridge_weight(ridge: number): number;
  ridge_rebuild(ridge: number): void;
  ridge_merge(ridge: number, other: number): void;
  ridge_predict(
    ridge: number,
    scratch: number,
    rows: number,
    x: number,
    mean: number,
    epistemic: number,
    sd: number,
  ): void;

  special_log_gamma(count: number, x: number, out: number): void;
  special_log_beta(count: number, a: number, b: number, out: number): void;
  special_beta_cdf(
    count: number,
    x: number,
    a: number,
    b: number,
    upper: number,
    out: number,
  ): void;
  special_beta_quantile(
    count: number,
    p: number,
    a: number,
    b: number,
    upper: number,
    out: number,
  ): void;
  special_normal_cdf(count: number, z: number, upper: number, out: number): void;
  special_normal_quantile(count: number, p: number, upper: number, out: number): void;

  propensity_scratch_bytes(arms: number): number;
  propensities(
    arms: number,
    shapes: number,
    offsets: number,
    mask: number,
    floor: number,
    baseline: number,
    scratch: number,
    out: number,
  ): number;
  choice_scratch_bytes(arms: number): number;
  choices_from_propensities(
    seedLow: number,
    seedHigh: number,
    sequenceLow: number,
    sequenceHigh: number,
    rows: number,
    arms: number,
    propensities: number,
    scratch: number,
    out: number,
  ): void;

  latency_bytes(models: number, groups: number): number;
  latency_init(latency: number, models: number, groups: number, halfLife: number): void;
  latency_set_group(latency: number, model: number, group: number): void;
  latency_set_policy(
    latency: number,
    weight: number,
    limitMs: number,
    leastProbability: number,
    trialReports: number,
  ): void;
  latency_observe(
    latency: number,
    reference: number,
    model: number,
    latencyMs: number,
    firstTokenMs: number,
    outputTokens: number,
    clock: number,
  ): void;
  latency_merge(latency: number, other: number): void;
  latency_forecast(
    latency: number,
    model: number,
    tokens: number,
    upperTokens: number,
    out: number,
  ): void;
  latency_cdf(forecast: number, x: number): number;
  latency_quantile(forecast: number, p: number): number;

  level_propensity_bytes(models: number, samples: number): number;
  level_view_bytes(models: number, samples: number): number;
  level_propensities(
    models: number,
    samples: number,
    shapes: number,
    view: number,
    costWeight: number,
    scratch: number,
    p: number,
  ): number;
  levels_set_prior(levels: number, gain: number, agreement: number, weight: number): void;
  levels_sums(levels: number): number;
  levels_grow(levels: number, to: number, arms: number, models: number, segments: number): void;
  levels_widen(levels: number, model: number, factor: number): void;
  level_room_bytes(models: number, samples: number): number;
  level_trace_bytes(models: number, samples: number): number;
  levels_decide(
    evidence: number,
    scratch: number,
    levels: number,
    room: number,
    seedLow: number,
    seedHigh: number,
    sequenceLow: number,
    sequenceHigh: number,
    rows: number,
    segments: number,
    promptTokens: number,
    clocks: number,
    masks: number,
    costWeight: number,
    explorationScale: number,
    epsilon: number,
    baseline: number,
    propensities: number,
    policy: number,
    out: number,
  ): void;
  levels_explain(
    models: number,
    samples: number,
    slot: number,
    seedLow: number,
    seedHigh: number,
    epsilon: number,
    baseline: number,
    scratch: number,
    room: number,
    p: number,
    out: number,
  ): number;
  levels_observe(
    evidence: number,
    scratch: number,
    levels: number,
    segment: number,
    model: number,
    count: number,
    scores: number,
    reward: number,
    started: number,
    cost: number,
    promptTokens: number,
    clock: number,
  ): void;
  levels_shapes(
    evidence: number,
    scratch: number,
    levels: number,
    segment: number,
    clock: number,
    out: number,
  ): void;
  level_room_wide(room: number, models: number, samples: number): number;
  level_remember(pacer: number, room: number, models: number, samples: number): void;

  elementary_exp(count: number, x: number, out: number): void;
  elementary_log(count: number, x: number, out: number): void;

  encoder_features(): number;
  encoder_surface_counts(): number;
  encoder_bytes(inputs: number): number;
  encoder_init(encoder: number, inputs: number, dense: number): void;
  encoder_fit_bytes(inputs: number, prompts: number, entries: number): number;
  encoder_fit(
    encoder: number,
    scratch: number,
    prompts: number,
    starts: number,
    indices: number,
    values: number,
  ): void;
  encoder_encode(
    encoder: number,
    prompts: number,
    surface: number,
    starts: number,
    indices: number,
    values: number,
    out: number,
  ): void;

  tree_bytes(d: number, models: number): number;
  tree_init(
    tree: number,
    d: number,
    models: number,
    families: number,
    surfaceEnd: number,
    halfLife: number,
    noise: number,
    level: number,
  ): void;
  tree_set_model(tree: number, model: number, family: number): void;
  tree_extend(tree: number, models: number, families: number): void;
  tree_rebuild_bytes(tree: number): number;
  tree_predict_bytes(tree: number): number;
  tree_rebuild(tree: number, scratch: number, steps: number): void;
  tree_advance(tree: number, clock: number): number;
  tree_observe(
    tree: number,
    scratch: number,
    model: number,
    x: number,
    y: number,
    clock: number,
    weight: number,
  ): number;
  tree_score(
    tree: number,
    scratch: number,
    model: number,
    x: number,
    y: number,
    clock: number,
    weight: number,
    learnt: number,
  ): number;
  tree_predict(tree: number, scratch: number, model: number, x: number, out: number): void;
  tree_predict_all(
    tree: number,
    scratch: number,
    x: number,
    mask: number,
    mean: number,
    epistemic: number,
    noise: number,
  ): void;
  tree_record(tree: number, model: number): number;
  tree_merge(tree: number, other: number): void;

  forecast_target(count: number): number;
  forecast_fit_shapes(tree: number, scratch: number): void;
  forecast_model(
    tree: number,
    scratch: number,
    model: number,
    x: number,
    upper: number,
    out: number,
  ): void;
  forecast_models(tree: number, scratch: number, x: number, uppers: number, out: number): void;
  mixture_quantile(mixture: number, p: number): number;
  mixture_cdf(mixture: number, value: number): number;
  mixture_crps(mixture: number, value: number): number;
  mixture_split(mixture: number, epistemic: number, scratch: number, out: number): void;

  context_bytes(d: number, arms: number): number;
  context_scratch_bytes(d: number, arms: number): number;
  context_init(
    context: number,
    d: number,
    active: number,
    arms: number,
    experts: number,
    halfLife: number,
    priorMean: number,
  ): void;
  context_set_family(context: number, arm: number, family: number): void;
  replay_set_prompts(
    encoder: number,
    surface: number,
    starts: number,
    indices: number,
    values: number,
    features: number,
  ): void;
  replay_context_run(
    evidence: number,
    scratch: number,
    context: number,
    contextScratch: number,
    seedLow: number,
    seedHigh: number,
    from: number,
    to: number,
    freezeAt: number,
    order: number,
    segments: number,
    promptTokens: number,
    quality: number,
    cost: number,
    costWeight: number,
    explorationScale: number,
    knownCost: number,
    latency: number,
    latencyMs: number,
    outputTokens: number,
    chosen: number,
  ): void;
  context_restart(context: number, active: number, keep: number): void;
  context_noise(context: number, arm: number): number;
  context_rows(context: number, arm: number): number;
  context_predict(context: number, scratch: number, x: number, clock: number, costs: number): void;
  context_array(context: number, scratch: number, index: number): number;
  context_observe(
    context: number,
    scratch: number,
    arm: number,
    x: number,
    reward: number,
    cost: number,
    clock: number,
    costs: number,
    later: number,
  ): void;
  context_share(context: number): number;
  context_score(context: number, reward: number, mean: number, cellMean: number): void;
  context_decide(
    evidence: number,
    scratch: number,
    context: number,
    contextScratch: number,
    seedLow: number,
    seedHigh: number,
    sequenceLow: number,
    sequenceHigh: number,
    segment: number,
    promptTokens: number,
    clock: number,
    mask: number,
    costWeight: number,
    explorationScale: number,
    epsilon: number,
    baseline: number,
    propensityScratch: number,
    propensities: number,
    latency: number,
    x: number,
    policy: number,
    out: number,
  ): void;
  normal_propensities(
    arms: number,
    means: number,
    deviations: number,
    scratch: number,
    out: number,
  ): number;

  evidence_check(evidence: number, bytes: number): number;
  evidence_merge(evidence: number, other: number, arms: number, segments: number): number;

  drift_bytes(arms: number): number;
  drift_init(drift: number, arms: number, threshold: number, factor: number): void;
  drift_observe(
    drift: number,
    evidence: number,
    scratch: number,
    segment: number,
    arm: number,
    reward: number,
    clock: number,
  ): number;
  evidence_widen(evidence: number, arm: number, factor: number): void;
  drift_alarms(drift: number): number;

  pacing_bytes(arms: number, rows: number): number;
  pacing_init(pacer: number, arms: number, rows: number): void;
  pacing_grow(pacer: number, to: number, arms: number): void;
  pacing_weight(pacer: number, usdPerRequest: number, ownWeight: number): number;
  pacing_remember(pacer: number, scratch: number, arms: number, mask: number): void;
  pacing_target(pacer: number, usd: number, requests: number): void;
  pacing_afford(scratch: number, arms: number, most: number, ceiling: number, mask: number): void;

  stream_unit(
    seedLow: number,
    seedHigh: number,
    purpose: number,
    indexLow: number,
    indexHigh: number,
  ): number;

  best_of_expected(
    rows: number,
    samples: number,
    n: number,
    scores: number,
    values: number,
    out: number,
  ): void;
  best_of_fit(prompts: number, successes: number, trials: number, out: number): number;
  best_of_mean(mean: number, strength: number, n: number, gain: number): number;
  best_of_seeds(
    seedLow: number,
    seedHigh: number,
    sequenceLow: number,
    sequenceHigh: number,
    count: number,
    out: number,
  ): void;

  evidence_grow(evidence: number, to: number, arms: number, families: number): void;
  evidence_set_prior(evidence: number, arm: number, mean: number, strength: number): void;
  evidence_reprice(evidence: number, arm: number, inputPrice: number, outputPrice: number): number;
  latency_grow(latency: number, to: number, models: number, groups: number): void;
  context_grow(context: number, to: number, arms: number): void;
  context_scale_costs(context: number, arm: number, ratio: number, cost: number): void;

  levels_bytes(arms: number, models: number, segments: number, samples: number): number;
  levels_init(
    levels: number,
    arms: number,
    models: number,
    segments: number,
    samples: number,
  ): void;
  levels_set_arm(levels: number, arm: number, model: number, n: number): void;
  levels_means(
    evidence: number,
    scratch: number,
    levels: number,
    segment: number,
    clock: number,
    out: number,
  ): void;
  replay_best_of_run(
    evidence: number,
    scratch: number,
    levels: number,
    seedLow: number,
    seedHigh: number,
    from: number,
    to: number,
    order: number,
    segments: number,
    promptTokens: number,
    samples: number,
    recorded: number,
    quality: number,
    cost: number,
    costWeight: number,
    explorationScale: number,
    knownCost: number,
    threshold: number,
    strong: number,
    chosen: number,
  ): void;
}

/** Version of the ABI that this facade speaks. */
export const ABI_VERSION = 3;
