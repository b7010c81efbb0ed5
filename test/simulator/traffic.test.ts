/**
 * Strategy: recorded arrivals by hand-written rows, and by the recorded traces where they are; the reader of the trace file with its
 * complaints. Not tested here: requests that are drawn (distributions.test.ts).
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseTraffic } from '../../src/simulator';
import { thrownBy } from '../support/refusal';
import { world } from './world';

const HEADER = 'trace,t_seconds,input_tokens,output_tokens';

test('recorded rows say when, how long, and of which segment', () => {
  const one = world({
    startMs: 100,
    arrivals: {
      rows: [
        { atSeconds: 0, promptTokens: 7, outputTokens: 50, segment: 'code' },
        { atSeconds: 2, outputTokens: 100, segment: 'elsewhere' },
        { atSeconds: 2 },
        { atSeconds: 4, outputTokens: 0 },
        { atSeconds: 4, outputTokens: 400 },
      ],
      speed: 2,
    },
  });
  const requests = [...one.requests(9)];
  expect(requests.map(({ atMs }) => atMs)).toEqual([100, 1100, 1100, 2100, 2100]);
  expect(requests[0]).toMatchObject({ number: 0, promptTokens: 7, segment: 'code' });
  expect(requests[1]!.segment).toBe('elsewhere');
  expect(requests[1]!.promptTokens).toBeGreaterThan(0);
  // The usual length is the median of what is recorded and not empty: of 50, 100 and 400.
  expect(requests.map(({ lengthFactor }) => lengthFactor)).toMatchObject([0.5, 1, {}, 0.01, 4]);
  expect(requests[2]!.lengthFactor).toBeGreaterThan(0);
  expect(one.next()).toBeUndefined();
});

test('the reader takes one trace, in order of time', () => {
  const text = `${HEADER}\na,1.5,10,20\nb,0,1,1\na,0.5,30,0\n`;
  expect(parseTraffic(text, { trace: 'a' })).toEqual([
    { atSeconds: 0.5, promptTokens: 30, outputTokens: 0 },
    { atSeconds: 1.5, promptTokens: 10, outputTokens: 20 },
  ]);
  expect(parseTraffic(`${HEADER}\r\nb,0,1,1\r\n`)).toHaveLength(1);
  expect(thrownBy(() => parseTraffic(text))).toMatchObject({
    name: 'ParameterError',
    parameter: 'options.trace',
    allowed: 'one of a, b',
  });
});

test.each([
  ['', 1],
  ['time,tokens\n', 1],
  [`${HEADER}\na,1,2,3\na,1,2\n`, 3],
  [`${HEADER}\na,1,,3\n`, 2],
  [`${HEADER}\na,-1,2,3\n`, 2],
  [`${HEADER}\na,x,2,3\n`, 2],
])('a malformed file is refused with its line: %j', (text, line) => {
  expect(thrownBy(() => parseTraffic(text, { file: 'traffic.csv' }))).toMatchObject({
    name: 'DataError',
    file: 'traffic.csv',
    line,
  });
});

const TRAFFIC = resolve(import.meta.dirname, '../../../shared/data/traffic.csv.gz');

test.skipIf(!existsSync(TRAFFIC))(
  'recorded traffic is replayed request by request (skipped where ../shared/data/traffic.csv.gz is absent)',
  () => {
    const rows = parseTraffic(gunzipSync(readFileSync(TRAFFIC)).toString(), {
      trace: 'azure2023_code',
      file: TRAFFIC,
    });
    const one = world({ arrivals: { rows } });
    const requests = [...one.requests(10_000)];
    expect(requests).toHaveLength(8819);
    expect(requests.map(({ promptTokens }) => promptTokens)).toEqual(
      rows.map(({ promptTokens }) => promptTokens),
    );
    expect(one.nowMs).toBe(rows.at(-1)!.atSeconds * 1000);
  },
);
