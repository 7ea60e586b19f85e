import { findBinaries } from './binaries.ts';

// `npm run control-plane:build`: builds what a control plane is started from, where it is absent, and says where it lies.
for (const path of Object.values(await findBinaries((line) => console.log(line)))) console.log(path);
