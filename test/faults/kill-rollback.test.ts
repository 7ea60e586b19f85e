import { describeKills, pointsFrom } from './kill.suite.ts';

// What comes before the rollback is that of any promotion: kill-forward.test.ts has those points.
describeKills('that is rolled back', true, await pointsFrom('planRollback', true));
