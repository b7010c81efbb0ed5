import { cpus, release, type } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly system: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} cores`,
    cores: processors.length,
    system: `${type()} ${release()} ${process.arch}`,
    date: new Date().toISOString().slice(0, 10),
  };
}
