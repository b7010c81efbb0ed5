/** `npm run bench`: everything in one run, contestants interleaved, CPU time, ratios with spread. */
import { coldStart } from './coldStart';
import { show } from './measure';
import { decisionsFromPropensity, propensitySets } from './propensity';
import { replayLoop } from './replayLoop';
import { RIDGE_FITS, ridgeFit, ridgePredict, RIDGE_UPDATES, ridgeUpdate } from './ridge';
import { BETA_SHAPES, betaDraws } from './samplers';

console.log(`Node ${process.version}, ${process.arch}\n`);

const loop = replayLoop(20_000, 40);
console.log(show('Replay loop, 8 arms, 8 segments, one learned decision', 'ns', loop));
const [kernel, plain] = loop;
console.log(
  `  kernel: ${(1000 / kernel!.median).toFixed(2)} million decisions a second (fastest round ${(1000 / kernel!.min).toFixed(2)})`,
);
console.log(`  plain TypeScript / kernel: ${(plain!.median / kernel!.median).toFixed(2)}\n`);

for (const [a, b] of BETA_SHAPES)
  console.log(show(`Beta(${a}, ${b}), one draw`, 'ns', betaDraws(a, b, 100_000, 9)));

for (const [rows, dimensions] of RIDGE_FITS)
  console.log(
    show(`Ridge fit ${rows} × ${dimensions}, one row`, 'ns', ridgeFit(rows, dimensions, 9)),
  );
for (const dimensions of RIDGE_UPDATES)
  console.log(show(`Ridge update, d = ${dimensions}`, 'ns', ridgeUpdate(dimensions, 2000, 9)));
console.log(show('Ridge mean and sd, d = 14, one row', 'ns', ridgePredict(100_000, 14, 9)));
for (const arms of [2, 8, 32, 64])
  console.log(show(`Propensities of ${arms} arms, one set`, 'ns', propensitySets(arms, 50, 9)));
for (const arms of [8, 32])
  console.log(
    show(
      `Decisions of ${arms} arms from propensities`,
      'ns',
      decisionsFromPropensity(arms, 100_000, 9),
    ),
  );

const { min, median, max } = coldStart(20);
console.log(
  `\nCold compile + instantiate of kernel.wasm, 20 fresh processes: median ${median.toFixed(2)} ms (${min.toFixed(2)}–${max.toFixed(2)})`,
);
