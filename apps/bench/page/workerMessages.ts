/** The messages between the page and the worker that contains the server. */
import type { ClientMessageName } from '@rowlock/protocol';
import type { TransportEvent } from '@rowlock/react/core';

export type ToWorker =
  | { type: 'connect' }
  | { type: 'close' }
  | { type: 'request'; id: number; name: ClientMessageName; message: unknown }
  /** Begins tasks that hold these many rows together */
  | { type: 'begin'; tasks: number; rows: number }
  | { type: 'work'; eventsPerSecond: number; forMs: number };

export type FromWorker =
  | { type: 'event'; event: TransportEvent }
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'done'; events: number; tookMs: number };
