/** A planned task as it will be written down, and as it is seen at once. */
import { randomUUID } from 'node:crypto';
import type { Holder, RecordKey, TaskView } from '@rowlock/protocol';
import { DEFAULT_TTL_MS } from '../../locks/registry/requests.ts';
import type { NewTask } from '../store/launchStore.ts';
import type { JobOptions, TaskJob } from '../store/queue.ts';
import { type LaunchOptions, mergeTags } from './launchOptions.ts';
import type { LaunchPlan } from './launchPlan.ts';

export interface PlannedTask extends NewTask {
  plan: LaunchPlan;
  tags: readonly string[];
  job: TaskJob;
}

/** The origin of a launch, beyond its options. */
export interface Origin {
  /** The ended task that it tries again */
  retryOf?: string;
  /** It runs in this very process, without a job */
  inline?: boolean;
  /** The task that launches it, under whose lease it runs */
  parentId?: string;
}

/** @throws {RowlockError} `bad_request` where tags cannot be kept */
export function planTask(
  plan: LaunchPlan,
  options: LaunchOptions,
  { retryOf, inline, parentId }: Origin = {},
): PlannedTask {
  const { definition, actor, input, label } = plan;
  const { delayMs = 0, priority, idempotencyKey } = options;
  const id = randomUUID();
  const trace = plan.carry?.();
  const tags = mergeTags(definition.tags?.(input.parsed), options.tags);
  const jobOptions: JobOptions = {
    attempts: options.retry?.attempts ?? definition.retry?.attempts ?? 1,
    backoffMs: options.retry?.backoffMs ?? definition.retry?.backoffMs ?? 1_000,
    ...(priority !== undefined && { priority }),
  };
  return {
    id,
    idem: idempotencyKey === undefined ? undefined : scopeKey(definition.name, idempotencyKey),
    delayMs,
    waitMs: options.waitMs,
    fields: {
      name: definition.name,
      label,
      actor: JSON.stringify(actor),
      input: input.json,
      opts: JSON.stringify({ ...jobOptions, ...(delayMs > 0 && { delayMs }) }),
      ...(tags.length > 0 && { tags: JSON.stringify(tags) }),
      ...(retryOf !== undefined && { retryOf }),
      ...(inline && { inline: 1 }),
      ...(trace !== undefined && { trace }),
      // Its lease also covers its parent's records.
      ...(parentId !== undefined && { parentId, records: JSON.stringify(plan.records) }),
    },
    plan,
    tags,
    job: {
      taskId: id,
      name: definition.name,
      data: { input: input.value, ...(trace !== undefined && { trace }) },
      delayMs,
      ...jobOptions,
    },
  };
}

export const scopeKey = (name: string, key: string): string => `${name}:${key}`;

export const createHolder = ({ id, plan }: PlannedTask): Holder => ({
  type: 'task',
  id,
  label: plan.label,
  actor: plan.actor,
});

/** The task's request to the lock registry. */
export const leaseRequest = (task: PlannedTask, records: readonly RecordKey[] = task.plan.records) => ({
  holder: createHolder(task),
  records,
  mode: task.plan.definition.mode ?? 'exclusive',
  scope: task.plan.definition.scope ?? 'record',
  ttlMs: DEFAULT_TTL_MS,
  expiry: 'supervised' as const,
});

/**
 * The view of a task that has just been stored. It is not read from Redis, since the launch has succeeded even if Redis
 * cannot be reached now.
 */
export function createView(
  { id, plan, tags, fields, delayMs }: PlannedTask,
  now: Pick<TaskView, 'createdAt' | 'launchOrder' | 'recordCount' | 'leaseId'> & {
    state?: 'waiting';
    position?: number;
  },
): TaskView {
  return {
    id,
    name: plan.definition.name,
    label: plan.label,
    actor: plan.actor,
    state: 'queued',
    attempt: 0,
    version: 1,
    progress: { done: 0, total: null },
    hasWorker: true,
    cancelRequested: false,
    ...(tags.length > 0 && { tags }),
    ...(typeof fields.retryOf === 'string' && { retryOf: fields.retryOf }),
    ...(typeof fields.parentId === 'string' && { parentId: fields.parentId }),
    ...(delayMs > 0 && { notBefore: now.createdAt + delayMs }),
    ...now,
  };
}
