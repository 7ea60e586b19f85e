import { countPoints, describeKills } from './kill.suite.ts';

// What comes before the rollback is that of any promotion: its points are kill-forward's.
const isRollback = (names: readonly string[], index: number): boolean =>
  index >= names.length - rollbackPoints(names);
const rollbackPoints = (names: readonly string[]): number =>
  names.length - (names.lastIndexOf('after promotions.noteFirstWrite', names.length / 2) + 1);

describeKills('that is rolled back', true, await countPoints(true, isRollback));
