/** A task whose runs do what the test says: each waits at its own gate. */
import type { RecordKey } from '@rowlock/protocol';
import { defineTask, type TaskContext, type TaskDefinition } from '@rowlock/server';
import { z } from 'zod';

interface Gate {
  name: string;
  /** Resolves when the task runs */
  started: Promise<void>;
  advance(units: number): void;
  finish(record: RecordKey): void;
  end(error?: Error): void;
}

export interface GatedTasks {
  definition: TaskDefinition;
  open(): Gate;
  endAll(): void;
}

interface Turn extends Gate {
  begin(context: Pick<TaskContext, 'progress' | 'recordDone'>): Promise<void>;
}

export function createGatedTasks(): GatedTasks {
  const turns = new Map<string, Turn>();
  const definition = defineTask({
    name: 'gated',
    label: ({ label }) => label,
    input: z.object({ gate: z.string(), label: z.string(), records: z.array(z.string()) }),
    records: ({ records }) => records as RecordKey[],
    async run(context, { gate, records }) {
      context.progress.total(records.length);
      const aborted = new Promise<never>((_, reject) =>
        context.signal.addEventListener('abort', () => reject(context.signal.reason)),
      );
      await Promise.race([turns.get(gate)?.begin(context), aborted]);
    },
  });
  return {
    definition: definition as unknown as TaskDefinition,
    open() {
      const turn = createTurn(`gate-${turns.size + 1}`);
      turns.set(turn.name, turn);
      return turn;
    },
    endAll() {
      for (const turn of turns.values()) turn.end();
    },
  };
}

function createTurn(name: string): Turn {
  const started = deferred();
  const ended = deferred();
  ended.promise.catch(() => {});
  let report = (_units: number) => {};
  let finish = (_record: RecordKey) => {};
  return {
    name,
    started: started.promise,
    advance: (units) => report(units),
    finish: (record) => finish(record),
    end: (error) => (error ? ended.reject(error) : ended.resolve()),
    begin({ progress, recordDone }) {
      report = (units) => progress.advance(units);
      finish = recordDone;
      started.resolve();
      return ended.promise;
    },
  };
}

function deferred() {
  let resolve = () => {};
  let reject = (_error: Error) => {};
  const promise = new Promise<void>((succeed, fail) => {
    resolve = succeed;
    reject = fail;
  });
  return { promise, resolve, reject };
}
