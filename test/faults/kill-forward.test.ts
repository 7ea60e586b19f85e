import { describeKills, pointsFrom } from './kill.suite.ts';

describeKills('that goes well', false, await pointsFrom('planPromotion'));
