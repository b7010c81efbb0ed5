/**
 * Strategy: as beta.test.ts, for Gamma, normal, exponential and uniform draws. Gamma shapes above 150 are held against
 * Temme's expansion (support/gammaCdf.ts), all else against @stdlib.
 */
import { gammaPoints, otherPoints } from './points';
import { testPoints } from './expectToFit';

testPoints(gammaPoints(), 2000);
testPoints(otherPoints(), 3000);
