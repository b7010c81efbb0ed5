/** Who holds a folder. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of this one locking. It is part of file names. */
  readonly token: string;
  /** When the process began; undefined where the host does not tell. */
  readonly started?: string | undefined;
}

const TOKEN = /^[\w-]{1,64}$/;

/** Undefined for bytes that name no holder. */
export function parseHolder(bytes: Uint8Array): Holder | undefined {
  const holder = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Holder> | null;
  const { pid, host, token, started } = holder ?? {};
  const named = typeof token === 'string' && TOKEN.test(token) && typeof host === 'string';
  if (!named || !Number.isSafeInteger(pid) || !(pid! > 0)) return undefined;
  return { pid: pid!, host, token, started: typeof started === 'string' ? started : undefined };
}
