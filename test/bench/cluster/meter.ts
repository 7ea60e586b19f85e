import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** What a piece of work cost. */
export interface Cost {
  readonly seconds: number;
  /** Processor time that the API server took meanwhile, for whomever. */
  readonly serverSeconds: number;
  /** Requests that the API server answered to the user meanwhile; watches count when they end. */
  readonly requests: number;
}

export interface MeterSettings {
  readonly serverPid: number;
  readonly auditFile: string;
  readonly user: string;
}

/** Does a piece of work and tells what it cost. */
export async function metered<Value>(
  { serverPid, auditFile, user }: MeterSettings,
  work: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly cost: Cost }> {
  const from = statSync(auditFile).size;
  const processor = processorSeconds(serverPid);
  const began = performance.now();
  const value = await work();
  const seconds = (performance.now() - began) / 1000;
  const serverSeconds = processorSeconds(serverPid) - processor;
  return { value, cost: { seconds, serverSeconds, requests: requestsSince(auditFile, from, user) } };
}

// The kernel counts in ticks of a hundredth of a second, on every architecture that Node runs on.
const ticksPerSecond = 100;

/** Processor time of a process, its threads included, in seconds. */
function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which is in brackets and may hold anything: state is the third field, user and system time the 14th and 15th.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function requestsSince(auditFile: string, from: number, user: string): number {
  return linesSince(auditFile, from).filter((line) => line.includes(`"username":"${user}"`)).length;
}

function linesSince(file: string, from: number): readonly string[] {
  const length = statSync(file).size - from;
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes, 0, length, from);
  closeSync(descriptor);
  return bytes.toString('utf8').split('\n').filter(Boolean);
}
