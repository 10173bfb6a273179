import type { Actor, RecordKey } from '@rowlock/protocol';
import type { TransportEvent } from '../core/transport.ts';

/** One connection of a tab, as the server sees it. */
export class MemoryTab {
  readonly records = new Set<RecordKey>();
  readonly tasks = new Set<string>();
  watchesAllTasks = false;
  readonly sessionId: string;
  readonly actor: Actor;
  readonly emit: (event: TransportEvent) => void;

  constructor(sessionId: string, actor: Actor, emit: (event: TransportEvent) => void) {
    this.sessionId = sessionId;
    this.actor = actor;
    this.emit = emit;
  }
}
