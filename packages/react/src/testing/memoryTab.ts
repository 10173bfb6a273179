import type { Actor, RecordKey } from '@rowlock/protocol';
import type { TransportEvent } from '../core/transport.ts';

let lastSession = 0;

/** One connection of a tab, as the server sees it. */
export class MemoryTab {
  readonly records = new Set<RecordKey>();
  readonly tasks = new Set<string>();
  watchesAllTasks = false;
  /** That of the client's session, else one of its own */
  sessionId: string;
  readonly actor: Actor;
  readonly emit: (event: TransportEvent) => void;

  constructor(actor: Actor, emit: (event: TransportEvent) => void) {
    lastSession += 1;
    this.sessionId = `session-${lastSession}`;
    this.actor = actor;
    this.emit = emit;
  }
}
