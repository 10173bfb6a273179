/** Asks for the changes between the load of some data and the first watch of its records. Later ones arrive by themselves. */
import type { RecordKey } from '@rowlock/protocol';

export interface MissedChangesOptions {
  /** The server sends all further changes of the record */
  isAnswered: (record: RecordKey) => boolean;
  /** The newest version that the server has sent */
  getVersion: () => number | undefined;
  /** Asks for the changes since a version. True when they have arrived */
  ask: (records: RecordKey[], since: number) => Promise<boolean>;
}

interface Want {
  records: RecordKey[];
  since: number;
  isAsked: boolean;
}

export class MissedChanges {
  readonly #options: MissedChangesOptions;
  readonly #wants = new Set<Want>();

  constructor(options: MissedChangesOptions) {
    this.#options = options;
  }

  /** Asks once, as soon as the records are watched, or until the returned function is called. */
  want(records: readonly RecordKey[], since: number): () => void {
    const want = { records: [...records], since, isAsked: false };
    this.#wants.add(want);
    this.look();
    return () => void this.#wants.delete(want);
  }

  /** An answer has arrived. */
  look(): void {
    const { isAnswered, getVersion, ask } = this.#options;
    for (const want of [...this.#wants]) {
      if (want.isAsked || !want.records.every(isAnswered)) continue;
      if ((getVersion() ?? 0) <= want.since) {
        this.#wants.delete(want);
        continue;
      }
      want.isAsked = true;
      void ask(want.records, want.since).then((hasArrived) => {
        want.isAsked = false;
        if (hasArrived) this.#wants.delete(want);
      });
    }
  }
}
