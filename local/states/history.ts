/** One history event in the API's form, its timestamp in milliseconds since the epoch. */
export interface HistoryEvent {
  readonly timestamp: number;
  readonly type: string;
  readonly id: number;
  readonly previousEventId: number;
  readonly [details: `${string}EventDetails`]: Readonly<Record<string, unknown>>;
}

/** The member that holds an event type's details: all StateEntered events share one, as do all StateExited events. */
function detailsMember(type: string): `${string}EventDetails` {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** The events of one execution, in order. */
export class History {
  readonly events: HistoryEvent[] = [];

  /** Appends an event and returns its id. */
  append(
    timestamp: number,
    type: string,
    previousEventId: number,
    details?: Record<string, unknown>,
  ): number {
    const id = this.events.length + 1;
    const event = { timestamp, type, id, previousEventId };
    this.events.push(details ? { ...event, [detailsMember(type)]: details } : event);
    return id;
  }
}

/** The same event without inputs, outputs and the like, for `includeExecutionData: false`. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const stripped = Object.entries(event).map(([member, value]) => {
    if (!member.endsWith('EventDetails')) return [member, value];
    const { input, output, parameters, cause, error, assignedVariables, ...rest } = value as Record<
      string,
      unknown
    >;
    // `parameters` is a required member, so AWS sends it empty.
    return [member, parameters === undefined ? rest : { ...rest, parameters: '' }];
  });
  return Object.fromEntries(stripped) as HistoryEvent;
}
