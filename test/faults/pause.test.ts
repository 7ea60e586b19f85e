import { pointsFrom } from './kill.suite.ts';
import { describePauses, successors } from './pause.suite.ts';

const names = Object.keys(successors);
const points = await pointsFrom('planPromotion');

// Before and after one call come the same successor; the next call has the next one.
describePauses(points.map((at) => [at, names[Math.floor(at / 2) % names.length] ?? '']));
