// Runs inside each sandbox: the client side of the Lambda Runtime API, as the Node.js 24 runtime behaves.
// Plain JavaScript on purpose: it is on the path of every cold start, and type stripping costs milliseconds there.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const { AWS_LAMBDA_RUNTIME_API: authority, LAMBDA_TASK_ROOT: taskRoot, _HANDLER: handlerName } = process.env;
const [host, port] = authority.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
let requestId = '';

/** One call of the Runtime API. The cloud that started this sandbox is gone when it fails, so there is nobody to work for. */
function call(method, path, body, headers = {}) {
  return new Promise((resolve) => {
    const sent = request(
      { host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', abandon);
      },
    );
    sent.on('error', abandon);
    sent.end(body);
  });
}

const abandon = () => process.exit(1);
// The other end of standard input is the cloud: it closes even when the cloud is killed while a handler is busy.
process.stdin.on('end', abandon).on('error', abandon).resume().unref();

const levels = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' };
const formats = {
  Text: (timestamp, level, message) => `${timestamp}\t${requestId || 'undefined'}\t${level}\t${message}`,
  JSON: (timestamp, level, message) => JSON.stringify({ timestamp, level, requestId, message }),
};
const formatLine = formats[process.env.AWS_LAMBDA_LOG_FORMAT ?? 'Text'] ?? formats.Text;
for (const [method, level] of Object.entries(levels)) {
  console[method] = (...values) => {
    process.stdout.write(`${formatLine(new Date().toISOString(), level, format(...values))}\n`);
  };
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

const report = (path, error) =>
  call('POST', path, JSON.stringify(error), {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Function-Error-Type': error.errorType,
  });
const errorPath = () => (requestId ? `invocation/${requestId}/error` : 'init/error');

async function die(error, exitCode) {
  console.error(error.errorType, error.errorMessage, error.trace.join('\n'));
  await report(errorPath(), error);
  process.exit(exitCode);
}

process.on('unhandledRejection', (reason) => {
  const { trace } = describe(reason);
  const error = {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: String(reason),
    reason: describe(reason),
    trace,
  };
  void die(error, 128);
});
process.on('uncaughtException', (error) => void die(describe(error), 129));

function runtimeError(errorType, errorMessage, trace = []) {
  return Object.assign(new Error(errorMessage), {
    name: errorType,
    stack: [`${errorType}: ${errorMessage}`, ...trace].join('\n'),
  });
}

async function loadModule(stem) {
  const file = ['', '.js', '.mjs', '.cjs']
    .map((ending) => `${stem}${ending}`)
    .find((path) => path !== stem && existsSync(path));
  if (!file)
    throw runtimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${stem.slice(taskRoot.length + 1)}'`,
    );
  try {
    return file.endsWith('.mjs') || isModuleFolder(file)
      ? await import(pathToFileURL(file).href)
      : createRequire(file)(file);
  } catch (error) {
    const type = error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : 'Runtime.ImportModuleError';
    const isLoading =
      error instanceof SyntaxError ||
      error?.code === 'MODULE_NOT_FOUND' ||
      error?.code === 'ERR_MODULE_NOT_FOUND';
    throw isLoading ? runtimeError(type, `${error.name}: ${error.message}`, error.stack?.split('\n')) : error;
  }
}

function isModuleFolder(file) {
  if (!file.endsWith('.js')) return false;
  const description = join(dirname(file), 'package.json');
  return existsSync(description) && JSON.parse(readFileSync(description, 'utf8')).type === 'module';
}

async function loadHandler() {
  const parts = /^(.*?)([^/]*?)\.(.+)$/.exec(handlerName);
  if (!parts || handlerName.includes('..')) {
    throw runtimeError('Runtime.MalformedHandlerName', `Bad handler '${handlerName}'`);
  }
  const [, folder, moduleName, exported] = parts;
  const loaded = await loadModule(join(taskRoot, folder, moduleName));
  const own = exported.split('.').reduce((value, key) => value?.[key], loaded);
  const handler = own ?? exported.split('.').reduce((value, key) => value?.[key], loaded.default);
  if (typeof handler !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (handler.length >= 3) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      `${handlerName} takes a callback, which Node.js 24 functions no longer do`,
    );
  }
  return handler;
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: requestId,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function serialise(value) {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? 'null';
  } catch (cause) {
    throw new Error('Unable to stringify response body', { cause });
  }
}

const handler = await loadHandler().catch((error) => die(describe(error), 1));
for (;;) {
  const next = await call('GET', 'invocation/next');
  requestId = next.headers['lambda-runtime-aws-request-id'];
  process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
  try {
    const answer = serialise(await handler(JSON.parse(next.body), contextOf(next.headers)));
    await call('POST', `invocation/${requestId}/response`, answer, { 'Content-Type': 'application/json' });
  } catch (error) {
    const described = describe(error);
    console.error('Invoke Error ', JSON.stringify({ ...described, stack: described.trace }));
    await report(errorPath(), described);
  }
}
