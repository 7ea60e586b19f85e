import { describeKills } from '../../faults/kill.suite.ts';
import { describePauses } from '../../faults/pause.suite.ts';

// A few points of what `npm run test:faults` does at every one: within the writes, and at the closing re-read.
describeKills('that goes well', false, [170, 210]);
describePauses([
  [172, 'the next release'],
  [178, 'its own rollback, after its time was up'],
  [215, 'the rollback that its end starts'],
]);
