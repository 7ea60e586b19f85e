import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { QueueModel } from '../template/application.ts';

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue: string;
}

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly sentAt: number;
}

/** A message handed out, with what it takes to delete it. */
export interface ReceivedMessage extends QueueMessage {
  readonly receiptHandle: string;
  readonly receiveCount: number;
}

/** One standard queue in memory. */
export interface Queue {
  readonly model: QueueModel;
  send(body: string, attributes?: Readonly<Record<string, MessageAttribute>>): QueueMessage;
  receive(most: number, visibilitySeconds?: number): readonly ReceivedMessage[];
  /** False when no message has this handle. */
  delete(receiptHandle: string): boolean;
  purge(): void;
  count(): { readonly visible: number; readonly inFlight: number };
}

const defaultVisibilitySeconds = 30;

export function createQueue(model: QueueModel, clock: Clock): Queue {
  type Entry = QueueMessage & { visibleAt: number; receiveCount: number; receiptHandle: string };
  const entries = new Map<string, Entry>();
  const visible = (): Entry[] => [...entries.values()].filter(({ visibleAt }) => visibleAt <= clock.now());
  return {
    model,
    send: (body, attributes = {}) => {
      const message = { messageId: randomUUID(), body, attributes, sentAt: clock.now() };
      entries.set(message.messageId, { ...message, visibleAt: 0, receiveCount: 0, receiptHandle: '' });
      return message;
    },
    receive: (most, visibilitySeconds = defaultVisibilitySeconds) =>
      visible()
        .slice(0, most)
        .map((entry) => {
          entry.visibleAt = clock.now() + visibilitySeconds * 1000;
          entry.receiveCount += 1;
          entry.receiptHandle = randomUUID();
          return { ...entry };
        }),
    delete: (receiptHandle) => {
      const found = [...entries.values()].find((entry) => entry.receiptHandle === receiptHandle);
      return found !== undefined && entries.delete(found.messageId);
    },
    purge: () => entries.clear(),
    count: () => ({ visible: visible().length, inFlight: entries.size - visible().length }),
  };
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
