/**
 * Strategy: as beta.test.ts, for draws by quantile tables, at the shapes that a table holds.
 * Not tested here: the table's own error in deep tails, which no number of draws shows.
 */
import { betaPoints } from './points';
import { testPoints } from './expectToFit';

testPoints(betaPoints('table'), 6000);
