/** The parts of the server in memory, connected with each other. */
import type { Limits, TaskView } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { EndLease } from './answers/answerParts.ts';
import { type AnswerTo, createAnswerTo } from './answers/answerTo.ts';
import { MemoryIdleness } from './memoryIdleness.ts';
import { MemoryLaunches } from './memoryLaunches.ts';
import { MemoryLedger } from './memoryLedger.ts';
import { MemoryPermissions } from './memoryPermissions.ts';
import { MemoryRates } from './memoryRates.ts';
import { MemoryReleaseRequests } from './memoryReleaseRequests.ts';
import { createAssertResources } from './memoryResources.ts';
import type { MemoryServerOptions } from './memoryServerOptions.ts';
import { MemorySessions } from './memorySessions.ts';
import { MemoryTabs } from './memoryTabs.ts';
import { MemoryTaskDefinitions } from './memoryTaskDefinitions.ts';
import { MemoryTasks } from './memoryTasks.ts';
import { MemoryUserSessions } from './memoryUserSessions.ts';
import { MemoryViews } from './memoryViews.ts';
import { MemoryWaitList } from './memoryWaitList.ts';

export interface MemoryParts {
  ledger: MemoryLedger;
  tabs: MemoryTabs;
  permissions: MemoryPermissions;
  tasks: MemoryTasks;
  waits: MemoryWaitList;
  definitions: MemoryTaskDefinitions;
  idleness: MemoryIdleness;
  userSessions: MemoryUserSessions;
  answerTo: AnswerTo;
  endLease: EndLease;
  /** A final state ends the task's lease. */
  updateTask: (id: string, change: Partial<TaskView>) => TaskView;
}

export function createMemoryParts(
  options: MemoryServerOptions,
  given: {
    clock: ClientClock;
    limits: Limits;
    /** Runs something that a tab sees only after the server's delay. */
    later: (run: () => void) => void;
    /** False while the server does not see Redis */
    isCertain: () => boolean;
  },
): MemoryParts {
  const { clock, limits, later } = given;
  const { disconnectGraceMs = 5_000, releaseRequestMs: limitMs = 60_000 } = options;
  const { sameUser = 'separate', presence = true, idle: rule } = options;

  const permissions = new MemoryPermissions(options.authorize);
  const ledger = new MemoryLedger(permissions);
  const views = new MemoryViews(ledger, permissions);
  const tabs: MemoryTabs = new MemoryTabs({
    ledger,
    views,
    later,
    startGrace: (run) => clock.after(disconnectGraceMs, run),
    end: (leaseId) => endLease(leaseId, 'closed'),
  });
  const tasks = new MemoryTasks({ clock, ledger, tabs });
  const waits = new MemoryWaitList({ clock, ledger, tabs, tasks, later });
  const assertResources = createAssertResources(options.resources);
  const definitions = new MemoryTaskDefinitions(permissions, assertResources);
  const launches = new MemoryLaunches({ clock, ledger, tasks, waits, definitions });
  const releaseRequests = new MemoryReleaseRequests({ clock, ledger, tabs, limitMs, later });
  const idleness = new MemoryIdleness({ rule, clock, ledger, later, end: (id) => endLease(id, 'idle') });
  const sessions = new MemorySessions((sessionId, actorId) => {
    for (const { view } of [...ledger.leases.values(), ...ledger.waiting.values()]) {
      const { id, actor } = view.holder;
      if (id === sessionId && actor.id === actorId) endLease(view.id, 'signed out');
    }
  });

  const endLease: EndLease = (leaseId, reason = 'released', takeover) => {
    const lease = ledger.find(leaseId);
    if (!lease) return;
    ledger.delete(leaseId);
    releaseRequests.noteEnded(leaseId);
    const { tab } = lease;
    if (tab && reason !== 'released')
      later(() => tab.emit({ type: 'leaseLost', payload: { leaseId, reason, ...takeover } }));
    if (tab) idleness.noteLeases(tab);
    tabs.sendChanges([...lease.records], []);
    waits.advance();
  };

  const updateTask: MemoryParts['updateTask'] = (id, change) => {
    tasks.update(id, change);
    waits.advance();
    return ledger.tasks.get(id)!;
  };

  const answerTo = createAnswerTo({
    ...{ ...given, ledger, views, permissions, sessions, waits },
    ...{ releaseRequests, idleness, tasks, definitions },
    ...{ launches, assertResources, sameUser, presence, endLease, updateTask },
    rates: new MemoryRates(limits, clock),
    sendChanges: (records) => tabs.sendChanges(records, []),
    sendViewers: (records, by) => tabs.sendViewers(records, by),
  });
  const userSessions = new MemoryUserSessions({ ledger, views, permissions, tabs, later, end: endLease });
  return {
    ...{ ledger, tabs, permissions, tasks, waits, definitions, idleness, userSessions },
    ...{ answerTo, endLease, updateTask },
  };
}
