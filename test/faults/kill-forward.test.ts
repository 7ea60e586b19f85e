import { countPoints, describeKills } from './kill.suite.ts';

describeKills('that goes well', false, await countPoints(false, () => true));
