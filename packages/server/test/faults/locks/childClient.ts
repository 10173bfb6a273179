/** A client of the arena in a process of its own. It reports its operations to the arena. */
import { type StartedChild, startChild } from '@rowlock/test-utils';
import type { LockClientCommand, LockClientReport } from './clientProcess.ts';
import type { ClientPlan } from './lockClient.ts';
import type { Note } from './recordedLease.ts';

const MODULE = new URL('./clientProcess.ts', import.meta.url);

/** A client in a process of its own, as a test sees it */
export interface ArenaChild {
  name: string;
  pause(): void;
  resume(): void;
}

export interface RunningChild extends ArenaChild {
  process: StartedChild<LockClientCommand, LockClientReport>;
  /** Resolves when the client has stopped, or its process has ended */
  done: Promise<void>;
}

export async function startChildClient(plan: ClientPlan, note: Note): Promise<RunningChild> {
  const process = await startChild<LockClientCommand, LockClientReport>({ module: MODULE });
  process.send({ start: plan });
  const readReports = async () => {
    for await (const report of process.messages) {
      if (report === 'stopped') return;
      note(report.noted);
    }
  };
  const { pause, resume } = process;
  return { name: plan.name, process, pause, resume, done: readReports() };
}
