/** `npm run bench`: every contestant on this machine in one run, taking turns, each by its own CPU time; ratios with spread. */
import { coldStart } from './coldStart';
import { runCase } from './contest';
import { describeMachine } from './machine';
import { readOptions, USAGE } from './options';
import { PROCESSES, startAll } from './peers/all';
import { installNumpy } from './peers/python';
import { aimsText, caseText } from './report/text';
import { contestantsText, limitsText, medianText } from './report/summary';
import { writeResults } from './report/write';
import { kernelSize } from './sizes';
import { judge, type Judged } from './verdicts';

const options = readOptions(process.argv.slice(2));
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
if (options.installPeers) installNumpy();

const machine = describeMachine();
const contestants = await startAll(PROCESSES);
console.log(`${machine.processor}, ${machine.system}, ${machine.date}\n`);
console.log(`${contestantsText(contestants)}\n`);

const judged: Judged[] = [];
for (const one of options.cases) {
  const result = judge(await runCase(one, contestants, options.rounds));
  judged.push(result);
  console.log(caseText(result));
}
for (const contestant of contestants) if ('close' in contestant) contestant.close();

const limits = { size: kernelSize(), coldStart: coldStart(20) };
console.log(`${aimsText(judged)}\n`);
console.log(medianText(judged));
console.log(limitsText(limits));
if (options.write)
  await writeResults({ machine, contestants, judged, limits, rounds: options.rounds });
