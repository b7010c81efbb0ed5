import type { CompiledKernel } from '../../kernel/load';
import type { ParsedRouterOptions } from '../options';
import { armsOf } from '../snapshot/armsSection';
import { latencySection } from '../snapshot/forecastSections';
import { kernelSection } from '../snapshot/kernelSection';
import { levelsSection } from '../snapshot/levelsSection';
import { modelsOf } from '../snapshot/contents';
import type { StateParts } from '../snapshot/parts';
import { segmentsSection } from '../snapshot/segmentsSection';
import { driftSection } from '../snapshot/steeringSections';
import { ticketsSection } from '../snapshot/ticketsSection';
import { RouterState } from '../state';
import { parseRouterLine } from './parseLine';
import { routerMembers, type ChangedMembers } from './routerMembers';

/** The options of a router that decides by some others since a restart. @throws {ParameterError} */
export function optionsSince(
  before: ParsedRouterOptions,
  changed: ChangedMembers,
): ParsedRouterOptions {
  const members = { ...routerMembers(before), ...changed };
  const given = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
  const { instanceId, arms } = before;
  const parsed = parseRouterLine({ ...given, instanceId, models: modelsOf(armsOf(before)) });
  return { ...parsed, arms };
}

/** The sections of a snapshot that decisions depend on, in the order in which a router reads them. Forecasts of prompts stand in the log. */
function sectionsOf(parts: StateParts) {
  return [
    kernelSection(parts),
    segmentsSection(parts),
    ticketsSection(parts),
    levelsSection(parts),
    latencySection(parts),
    driftSection(parts),
  ];
}

/** The state of a replay, as the router's own went through the snapshot that it was restored from. */
export function carriedOver(
  { options: before, state }: StateParts,
  options: ParsedRouterOptions,
  compiled: CompiledKernel,
): RouterState {
  const next = new RouterState(options, compiled, true);
  const written = sectionsOf({ options: before, state }).map((section) => section.write());
  sectionsOf({ options, state: next }).forEach((section, i) => {
    const bytes = written[i];
    if (bytes) section.read(bytes, section.version);
  });
  next.clock = state.clock;
  if (state.expert) next.expert?.block.restore(state.expert.block.state());
  for (const { sequenceNumber, prompt } of state.pending.inOrder()) {
    const ticket = next.pending.find(sequenceNumber);
    if (typeof ticket !== 'string') ticket.prompt = prompt;
  }
  return next;
}
