import type { TargetInput } from '../template/application.ts';
import type { BusEvent } from './bus.ts';

/** What a target is handed for an event, as JSON text. */
export function targetInput(input: TargetInput, event: BusEvent): string {
  switch (input.kind) {
    case 'event':
      return JSON.stringify(event);
    case 'constant':
      return input.text;
    case 'path':
      return JSON.stringify(at(input.path, event) ?? null);
    case 'transformer':
      return transform(input.paths, input.template, event);
  }
}

/** EventBridge's own subset of JSONPath: `$.detail.items[0]`. */
function at(path: string, event: BusEvent): unknown {
  const steps = path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [];
  return steps.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    event,
  );
}

/** Inside quotes a placeholder becomes bare text; outside it becomes JSON. */
function transform(paths: Readonly<Record<string, string>>, template: string, event: BusEvent): string {
  const values: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, at(path, event)])),
    'aws.events.event': event,
    'aws.events.event.json': event,
    'aws.events.event.ingestion-time': event.time,
  };
  return template.replace(/"(?:[^"\\]|\\.)*"|<([^<>]+)>/g, (whole, bare?: string) => {
    if (bare !== undefined) return JSON.stringify(values[bare] ?? null);
    return whole.replace(/<([^<>]+)>/g, (_placeholder, name: string) => {
      const value = values[name];
      const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
      return JSON.stringify(text).slice(1, -1);
    });
  });
}
