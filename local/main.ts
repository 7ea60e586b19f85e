import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { readArguments } from './arguments.ts';
import { defaultCacheFolder } from './cache-folder.ts';

// Before anything large is loaded: the cloud's own modules then start from compiled code next time.
const given = readArguments(process.argv.slice(2));
if (given.kind === 'refused') {
  console.error(given.message);
  process.exit(2);
}
const { options, json } = given;
const stateFolder = resolve(options.stateFolder);
const cacheFolder = resolve(options.cacheFolder ?? defaultCacheFolder(options.templateFile));
enableCompileCache(join(cacheFolder, 'compiled'));
const { startLaptopCloud } = await import('./cloud.ts');

let isEnding = false;
const starting = startLaptopCloud({ ...options, stateFolder, cacheFolder });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second one does not wait; sandboxes end by themselves once this process is gone.
    if (isEnding) process.exit(1);
    isEnding = true;
    void starting
      .then((cloud) => cloud.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
  });
}
try {
  const {
    application: _,
    invoker: __,
    stop: ___,
    secretAccessKey: ____,
    built,
    ...description
  } = await starting;
  const line = `Laptop cloud ready: stack "${description.stackName}" at ${description.endpoint}`;
  process.stdout.write(`${json ? JSON.stringify({ ready: true, ...description }) : line}\n`);
  await built;
  process.stdout.write(`${json ? JSON.stringify({ built: true }) : 'Functions built'}\n`);
} catch (error) {
  const { name, message, stack } = error as Error;
  // Errors of the cloud's own say what is wrong by their message; anything else is a defect and shows where.
  console.error(name === 'Error' || name === 'TypeError' ? stack : message);
  await starting.then(
    (cloud) => cloud.stop(),
    () => {},
  );
  process.exit(1);
}
