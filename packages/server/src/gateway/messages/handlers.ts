/** The handler of each message. A new message has a file of its own, and a line here. */
import type { Limits } from '@rowlock/protocol';
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import type { EndSession } from '../../sessions/endSession.ts';
import type { EnsureSession } from '../../sessions/openSessions.ts';
import type { UserTasks } from '../../tasks/control/userTasks.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { IdleSessions } from '../idleSessions.ts';
import type { ReleaseRequests } from '../releaseRequests.ts';
import type { Watching } from '../watching/watching.ts';
import { createAcquire } from './acquire.ts';
import { createActivity } from './activity.ts';
import { createAnswerRelease } from './answerRelease.ts';
import { createCancel } from './cancel.ts';
import { createConfirm } from './confirm.ts';
import { createEndSessionHandler } from './endSession.ts';
import { createExtend } from './extend.ts';
import type { Handlers } from './handler.ts';
import { createLaunch } from './launch.ts';
import { createListBlockersHandler } from './listBlockers.ts';
import { createListLocks } from './listLocks.ts';
import { createListTasks } from './listTasks.ts';
import { createPreview } from './preview.ts';
import { createRelease } from './release.ts';
import { createRequestRelease } from './requestRelease.ts';
import { createResume } from './resume.ts';
import { createRetry } from './retry.ts';
import { createTakeOver } from './takeOver.ts';
import { createUnwatch } from './unwatch.ts';
import { createWatch } from './watch.ts';

export interface HandlerParts {
  watching: Watching;
  sessionLeases: SessionLeases;
  registry: InternalRegistry;
  tasks: Tasks;
  userTasks: UserTasks;
  permissions: Permissions;
  ensureSession: EnsureSession;
  endSession: EndSession;
  releaseRequests: ReleaseRequests;
  idleSessions: IdleSessions;
  limits: Limits;
}

export const createHandlers = (parts: HandlerParts): Handlers => ({
  watch: createWatch(parts),
  unwatch: createUnwatch(parts),
  listLocks: createListLocks(parts),
  listBlockers: createListBlockersHandler(parts),
  listTasks: createListTasks(parts),
  acquire: createAcquire(parts),
  resume: createResume(parts),
  confirm: createConfirm(parts),
  extend: createExtend(parts),
  takeOver: createTakeOver(parts),
  requestRelease: createRequestRelease(parts),
  answerRelease: createAnswerRelease(parts),
  release: createRelease(parts),
  launch: createLaunch(parts),
  preview: createPreview(parts),
  cancel: createCancel(parts),
  activity: createActivity(parts),
  endSession: createEndSessionHandler(parts),
  retry: createRetry(parts),
});
