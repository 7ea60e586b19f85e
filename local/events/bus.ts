/** An event as EventBridge delivers it to a target. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds, `Z`. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where services (S3, Step Functions) and PutEvents put events; delivery is asynchronous. */
export interface EventBus {
  put(
    event: Pick<BusEvent, 'source' | 'detail-type' | 'detail'> & Partial<Pick<BusEvent, 'resources'>>,
  ): void;
}
