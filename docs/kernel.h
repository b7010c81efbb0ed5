/* Exports of kernel.wasm. Written by scripts/make-abi.mjs from assembly/abi; do not edit.
 * Addresses are offsets into kernel memory. See docs/ABI.md. */
#ifndef THOMPSONITE_KERNEL_H
#define THOMPSONITE_KERNEL_H

#include <stdint.h>

#define THOMPSONITE_ABI_VERSION 3

uint32_t abi_version(void);
uint32_t allocate(uint32_t bytes);

uint32_t sampler_bytes(void);
void sampler_init(uint32_t sampler, uint32_t seedLow, uint32_t seedHigh);
void sampler_next_block(uint32_t sampler);
void sampler_fill(uint32_t sampler, int32_t distribution, uint32_t count, double p, double q, uint32_t out);
void sampler_fill_betas(uint32_t sampler, uint32_t count, uint32_t alphas, uint32_t betas, uint32_t out);
uint32_t beta_table_bytes(void);
void beta_table_build(uint32_t table, double a, double b);
void sampler_fill_table(uint32_t sampler, uint32_t table, uint32_t count, uint32_t out);

uint32_t evidence_bytes(uint32_t arms, uint32_t families, uint32_t segments);
void evidence_init(uint32_t evidence, uint32_t arms, uint32_t families, uint32_t segments, double halfLife, double priorMean, double priorStrength);
void evidence_set_arm(uint32_t evidence, uint32_t arm, uint32_t family, double inputPrice, double outputPrice);
void evidence_set_segments(uint32_t evidence, uint32_t segments);
void evidence_observe(uint32_t evidence, uint32_t scratch, uint32_t segment, uint32_t arm, double reward, double cost, double promptTokens, double clock);
void evidence_observe_weighted(uint32_t evidence, uint32_t scratch, uint32_t segment, uint32_t arm, double reward, double cost, double promptTokens, double clock, double factor);
double evidence_reports(uint32_t evidence);
double evidence_kappa(uint32_t evidence);
double evidence_dispersion(uint32_t evidence);
void evidence_forecast(uint32_t evidence, uint32_t scratch, uint32_t segment, double clock, double promptTokens);

uint32_t policy_bytes(void);
uint32_t trace_bytes(uint32_t arms, uint32_t latency, uint32_t risk, uint32_t context);
int32_t trace_explain(uint32_t arms, uint32_t slot, uint32_t seedLow, uint32_t seedHigh, double epsilon, int32_t baseline, uint32_t policy, uint32_t latency, uint32_t context, uint32_t scratch, uint32_t mask, uint32_t propensityScratch, uint32_t p, uint32_t confidences, uint32_t out);

uint32_t scratch_bytes(uint32_t arms);
uint32_t scratch_means(uint32_t scratch, uint32_t arms);
uint32_t scratch_shapes(uint32_t scratch, uint32_t arms);
uint32_t scratch_costs(uint32_t scratch, uint32_t arms);
void decide_batch(uint32_t evidence, uint32_t scratch, uint32_t seedLow, uint32_t seedHigh, uint32_t sequenceLow, uint32_t sequenceHigh, uint32_t rows, uint32_t segments, uint32_t promptTokens, uint32_t clocks, uint32_t masks, double costWeight, double explorationScale, uint32_t policy, uint32_t out);
void argmax_utility(uint32_t rows, uint32_t arms, uint32_t quality, uint32_t cost, uint32_t uncertainty, uint32_t mask, double costWeight, double riskWeight, uint32_t out);
uint32_t table_choices_scratch_bytes(uint32_t arms);
void choices_from_tables(uint32_t seedLow, uint32_t seedHigh, uint32_t sequenceLow, uint32_t sequenceHigh, uint32_t rows, uint32_t arms, uint32_t tables, uint32_t costs, double costWeight, uint32_t scratch, uint32_t out);

void decide_batch_floored(uint32_t evidence, uint32_t scratch, uint32_t seedLow, uint32_t seedHigh, uint32_t sequenceLow, uint32_t sequenceHigh, uint32_t rows, uint32_t segments, uint32_t promptTokens, uint32_t clocks, uint32_t masks, double costWeight, double explorationScale, double epsilon, int32_t baseline, uint32_t propensityScratch, uint32_t propensities, uint32_t latency, uint32_t policy, uint32_t out);

void replay_run(uint32_t evidence, uint32_t scratch, uint32_t seedLow, uint32_t seedHigh, uint32_t from, uint32_t to, uint32_t order, uint32_t segments, uint32_t promptTokens, uint32_t quality, uint32_t cost, double costWeight, double explorationScale, uint32_t knownCost, uint32_t latency, uint32_t latencyMs, uint32_t outputTokens, uint32_t clocks, uint32_t drift, uint32_t pacer, uint32_t chosen);
uint32_t stream_bytes(void);
void bootstrap_counts(uint32_t stream, uint32_t seedLow, uint32_t seedHigh, uint32_t group, uint32_t rows, uint32_t counts);
void bootstrap_sums(uint32_t rows, uint32_t counts, uint32_t panel, uint32_t out);

double composite_reward(double validity, double latencyMs, double noRetry, double validityWeight, double latencyWeight, double retryWeight, double latencyMidpointMs, double latencyScaleMs);

uint32_t ridge_bytes(uint32_t d);
uint32_t ridge_fit_bytes(uint32_t d, uint32_t iterations);
uint32_t ridge_predict_bytes(uint32_t d);
void ridge_init(uint32_t ridge, uint32_t d, uint32_t intercept);
void ridge_add_rows(uint32_t ridge, uint32_t scratch, uint32_t rows, uint32_t x, uint32_t y, uint32_t weights, uint32_t stable);
int32_t ridge_finish_rows(uint32_t ridge);
void ridge_begin_again(uint32_t ridge, uint32_t scratch, uint32_t stable);
int32_t ridge_fit(uint32_t ridge, uint32_t scratch, double noiseShape, double noiseRate, double weightShape, double weightRate, double tolerance, uint32_t iterations, double noisePrecision, double weightPrecision, uint32_t stable);
uint32_t ridge_path(uint32_t scratch, uint32_t d);
uint32_t ridge_centre(uint32_t ridge);
uint32_t ridge_coefficients(uint32_t ridge);
void ridge_begin_online(uint32_t ridge, double halfLife, double noisePrecision, double weightPrecision);
int32_t ridge_observe(uint32_t ridge, uint32_t scratch, uint32_t rows, uint32_t x, uint32_t y, uint32_t clocks, uint32_t weights);
void ridge_advance(uint32_t ridge, double clock);
double ridge_weight(uint32_t ridge);
void ridge_rebuild(uint32_t ridge);
void ridge_merge(uint32_t ridge, uint32_t other);
void ridge_predict(uint32_t ridge, uint32_t scratch, uint32_t rows, uint32_t x, uint32_t mean, uint32_t epistemic, uint32_t sd);

void special_log_gamma(uint32_t count, uint32_t x, uint32_t out);
void special_log_beta(uint32_t count, uint32_t a, uint32_t b, uint32_t out);
void special_beta_cdf(uint32_t count, uint32_t x, uint32_t a, uint32_t b, uint32_t upper, uint32_t out);
void special_beta_quantile(uint32_t count, uint32_t p, uint32_t a, uint32_t b, uint32_t upper, uint32_t out);
void special_normal_cdf(uint32_t count, uint32_t z, uint32_t upper, uint32_t out);
void special_normal_quantile(uint32_t count, uint32_t p, uint32_t upper, uint32_t out);

uint32_t propensity_scratch_bytes(uint32_t arms);
int32_t propensities(uint32_t arms, uint32_t shapes, uint32_t offsets, uint32_t mask, double floor, uint32_t baseline, uint32_t scratch, uint32_t out);
uint32_t choice_scratch_bytes(uint32_t arms);
void choices_from_propensities(uint32_t seedLow, uint32_t seedHigh, uint32_t sequenceLow, uint32_t sequenceHigh, uint32_t rows, uint32_t arms, uint32_t propensities, uint32_t scratch, uint32_t out);

uint32_t latency_bytes(uint32_t models, uint32_t groups);
void latency_init(uint32_t latency, uint32_t models, uint32_t groups, double halfLife);
void latency_set_group(uint32_t latency, uint32_t model, uint32_t group);
void latency_set_policy(uint32_t latency, double weight, double limitMs, double leastProbability, double trialReports);
void latency_observe(uint32_t latency, uint32_t reference, uint32_t model, double latencyMs, double firstTokenMs, double outputTokens, double clock);
void latency_merge(uint32_t latency, uint32_t other);
void latency_forecast(uint32_t latency, uint32_t model, double tokens, double upperTokens, uint32_t out);
double latency_cdf(uint32_t forecast, double x);
double latency_quantile(uint32_t forecast, double p);

uint32_t level_propensity_bytes(uint32_t models, uint32_t samples);
uint32_t level_view_bytes(uint32_t models, uint32_t samples);
int32_t level_propensities(uint32_t models, uint32_t samples, uint32_t shapes, uint32_t view, double costWeight, uint32_t scratch, uint32_t p);
void levels_set_prior(uint32_t levels, double gain, double agreement, double weight);
uint32_t levels_sums(uint32_t levels);
void levels_grow(uint32_t levels, uint32_t to, uint32_t arms, uint32_t models, uint32_t segments);
void levels_widen(uint32_t levels, uint32_t model, double factor);
uint32_t level_room_bytes(uint32_t models, uint32_t samples);
uint32_t level_trace_bytes(uint32_t models, uint32_t samples);
void levels_decide(uint32_t evidence, uint32_t scratch, uint32_t levels, uint32_t room, uint32_t seedLow, uint32_t seedHigh, uint32_t sequenceLow, uint32_t sequenceHigh, uint32_t rows, uint32_t segments, uint32_t promptTokens, uint32_t clocks, uint32_t masks, double costWeight, double explorationScale, double epsilon, int32_t baseline, uint32_t propensities, uint32_t policy, uint32_t out);
int32_t levels_explain(uint32_t models, uint32_t samples, uint32_t slot, uint32_t seedLow, uint32_t seedHigh, double epsilon, int32_t baseline, uint32_t scratch, uint32_t room, uint32_t p, uint32_t out);
void levels_observe(uint32_t evidence, uint32_t scratch, uint32_t levels, uint32_t segment, uint32_t model, uint32_t count, uint32_t scores, double reward, uint32_t started, double cost, double promptTokens, double clock);
void levels_shapes(uint32_t evidence, uint32_t scratch, uint32_t levels, uint32_t segment, double clock, uint32_t out);
uint32_t level_room_wide(uint32_t room, uint32_t models, uint32_t samples);
void level_remember(uint32_t pacer, uint32_t room, uint32_t models, uint32_t samples);

void elementary_exp(uint32_t count, uint32_t x, uint32_t out);
void elementary_log(uint32_t count, uint32_t x, uint32_t out);

uint32_t encoder_features(void);
uint32_t encoder_surface_counts(void);
uint32_t encoder_bytes(uint32_t inputs);
void encoder_init(uint32_t encoder, uint32_t inputs, uint32_t dense);
uint32_t encoder_fit_bytes(uint32_t inputs, uint32_t prompts, uint32_t entries);
void encoder_fit(uint32_t encoder, uint32_t scratch, uint32_t prompts, uint32_t starts, uint32_t indices, uint32_t values);
void encoder_encode(uint32_t encoder, uint32_t prompts, uint32_t surface, uint32_t starts, uint32_t indices, uint32_t values, uint32_t out);

uint32_t tree_bytes(uint32_t d, uint32_t models);
void tree_init(uint32_t tree, uint32_t d, uint32_t models, uint32_t families, uint32_t surfaceEnd, double halfLife, double noise, double level);
void tree_set_model(uint32_t tree, uint32_t model, uint32_t family);
void tree_extend(uint32_t tree, uint32_t models, uint32_t families);
uint32_t tree_rebuild_bytes(uint32_t tree);
uint32_t tree_predict_bytes(uint32_t tree);
void tree_rebuild(uint32_t tree, uint32_t scratch, uint32_t steps);
int32_t tree_advance(uint32_t tree, double clock);
int32_t tree_observe(uint32_t tree, uint32_t scratch, uint32_t model, uint32_t x, double y, double clock, double weight);
int32_t tree_score(uint32_t tree, uint32_t scratch, uint32_t model, uint32_t x, double y, double clock, double weight, uint32_t learnt);
void tree_predict(uint32_t tree, uint32_t scratch, uint32_t model, uint32_t x, uint32_t out);
void tree_predict_all(uint32_t tree, uint32_t scratch, uint32_t x, uint32_t mask, uint32_t mean, uint32_t epistemic, uint32_t noise);
uint32_t tree_record(uint32_t tree, uint32_t model);
void tree_merge(uint32_t tree, uint32_t other);

double forecast_target(double count);
void forecast_fit_shapes(uint32_t tree, uint32_t scratch);
void forecast_model(uint32_t tree, uint32_t scratch, uint32_t model, uint32_t x, double upper, uint32_t out);
void forecast_models(uint32_t tree, uint32_t scratch, uint32_t x, uint32_t uppers, uint32_t out);
double mixture_quantile(uint32_t mixture, double p);
double mixture_cdf(uint32_t mixture, double value);
double mixture_crps(uint32_t mixture, double value);
void mixture_split(uint32_t mixture, double epistemic, uint32_t scratch, uint32_t out);

uint32_t context_bytes(uint32_t d, uint32_t arms);
uint32_t context_scratch_bytes(uint32_t d, uint32_t arms);
void context_init(uint32_t context, uint32_t d, uint32_t active, uint32_t arms, uint32_t experts, double halfLife, double priorMean);
void context_set_family(uint32_t context, uint32_t arm, uint32_t family);
void replay_set_prompts(uint32_t encoder, uint32_t surface, uint32_t starts, uint32_t indices, uint32_t values, uint32_t features);
void replay_context_run(uint32_t evidence, uint32_t scratch, uint32_t context, uint32_t contextScratch, uint32_t seedLow, uint32_t seedHigh, uint32_t from, uint32_t to, uint32_t freezeAt, uint32_t order, uint32_t segments, uint32_t promptTokens, uint32_t quality, uint32_t cost, double costWeight, double explorationScale, uint32_t knownCost, uint32_t latency, uint32_t latencyMs, uint32_t outputTokens, uint32_t chosen);
void context_restart(uint32_t context, uint32_t active, uint32_t keep);
double context_noise(uint32_t context, uint32_t arm);
double context_rows(uint32_t context, uint32_t arm);
void context_predict(uint32_t context, uint32_t scratch, uint32_t x, double clock, uint32_t costs);
uint32_t context_array(uint32_t context, uint32_t scratch, uint32_t index);
void context_observe(uint32_t context, uint32_t scratch, uint32_t arm, uint32_t x, double reward, double cost, double clock, uint32_t costs, uint32_t later);
double context_share(uint32_t context);
void context_score(uint32_t context, double reward, double mean, double cellMean);
void context_decide(uint32_t evidence, uint32_t scratch, uint32_t context, uint32_t contextScratch, uint32_t seedLow, uint32_t seedHigh, uint32_t sequenceLow, uint32_t sequenceHigh, uint32_t segment, double promptTokens, double clock, uint32_t mask, double costWeight, double explorationScale, double epsilon, int32_t baseline, uint32_t propensityScratch, uint32_t propensities, uint32_t latency, uint32_t x, uint32_t policy, uint32_t out);
int32_t normal_propensities(uint32_t arms, uint32_t means, uint32_t deviations, uint32_t scratch, uint32_t out);

int32_t evidence_check(uint32_t evidence, uint32_t bytes);
int32_t evidence_merge(uint32_t evidence, uint32_t other, uint32_t arms, uint32_t segments);

uint32_t drift_bytes(uint32_t arms);
void drift_init(uint32_t drift, uint32_t arms, double threshold, double factor);
int32_t drift_observe(uint32_t drift, uint32_t evidence, uint32_t scratch, uint32_t segment, uint32_t arm, double reward, double clock);
void evidence_widen(uint32_t evidence, uint32_t arm, double factor);
double drift_alarms(uint32_t drift);

uint32_t pacing_bytes(uint32_t arms, uint32_t rows);
void pacing_init(uint32_t pacer, uint32_t arms, uint32_t rows);
void pacing_grow(uint32_t pacer, uint32_t to, uint32_t arms);
double pacing_weight(uint32_t pacer, double usdPerRequest, double ownWeight);
void pacing_remember(uint32_t pacer, uint32_t scratch, uint32_t arms, uint32_t mask);
void pacing_target(uint32_t pacer, double usd, uint32_t requests);
void pacing_afford(uint32_t scratch, uint32_t arms, double most, double ceiling, uint32_t mask);

double stream_unit(uint32_t seedLow, uint32_t seedHigh, uint32_t purpose, uint32_t indexLow, uint32_t indexHigh);

void best_of_expected(uint32_t rows, uint32_t samples, uint32_t n, uint32_t scores, uint32_t values, uint32_t out);
int32_t best_of_fit(uint32_t prompts, uint32_t successes, uint32_t trials, uint32_t out);
double best_of_mean(double mean, double strength, double n, double gain);
void best_of_seeds(uint32_t seedLow, uint32_t seedHigh, uint32_t sequenceLow, uint32_t sequenceHigh, uint32_t count, uint32_t out);

void evidence_grow(uint32_t evidence, uint32_t to, uint32_t arms, uint32_t families);
void evidence_set_prior(uint32_t evidence, uint32_t arm, double mean, double strength);
double evidence_reprice(uint32_t evidence, uint32_t arm, double inputPrice, double outputPrice);
void latency_grow(uint32_t latency, uint32_t to, uint32_t models, uint32_t groups);
void context_grow(uint32_t context, uint32_t to, uint32_t arms);
void context_scale_costs(uint32_t context, uint32_t arm, double ratio, double cost);

uint32_t levels_bytes(uint32_t arms, uint32_t models, uint32_t segments, uint32_t samples);
void levels_init(uint32_t levels, uint32_t arms, uint32_t models, uint32_t segments, uint32_t samples);
void levels_set_arm(uint32_t levels, uint32_t arm, uint32_t model, uint32_t n);
void levels_means(uint32_t evidence, uint32_t scratch, uint32_t levels, uint32_t segment, double clock, uint32_t out);
void replay_best_of_run(uint32_t evidence, uint32_t scratch, uint32_t levels, uint32_t seedLow, uint32_t seedHigh, uint32_t from, uint32_t to, uint32_t order, uint32_t segments, uint32_t promptTokens, uint32_t samples, uint32_t recorded, uint32_t quality, uint32_t cost, double costWeight, double explorationScale, uint32_t knownCost, double threshold, uint32_t strong, uint32_t chosen);

#endif
