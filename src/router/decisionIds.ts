/** Decision ids: the router's instance id, a dash, the sequence number. */

export function decisionIdOf(instanceId: string, sequenceNumber: number): string {
  return `${instanceId}-${sequenceNumber}`;
}

/** NaN for an id that the router cannot have given. */
export function sequenceNumberOf(instanceId: string, decisionId: string): number {
  const prefix = `${instanceId}-`;
  const digits = decisionId.slice(prefix.length);
  return decisionId.startsWith(prefix) && /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : NaN;
}

/** The first part; the numbers hold no dash. */
export function instanceIdOf(decisionId: string): string {
  return decisionId.slice(0, Math.max(0, decisionId.lastIndexOf('-')));
}
