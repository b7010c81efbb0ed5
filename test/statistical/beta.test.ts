/**
 * Strategy: Beta draws at the points of points.ts: exact Kolmogorov–Smirnov and Anderson–Darling tests over a million draws, chi-square
 * in 4,096 bins over ten million, against @stdlib's CDF, at a level divided by the number of tests of the lane.
 * Not tested here: parameters in between (test/distributions), independence of draws (streams.test.ts).
 */
import { betaPoints } from './points';
import { testPoints } from './expectToFit';

testPoints(betaPoints('exact'), 1000);
testPoints(betaPoints('own'), 5000);
