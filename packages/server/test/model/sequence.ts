/** A sequence of steps. The model and the registry in Redis do each step, and are compared after it. */
import { deepStrictEqual } from 'node:assert/strict';
import type { AskedRegistry } from './askRegistry.ts';
import { type Call, describeCall } from './calls.ts';
import { emptyRegistry, type Registry } from './modelLeases.ts';
import { getHeartbeat, viewOf } from './modelView.ts';
import { applyTo } from './registryModel.ts';
import { callOf, type Seen, type Step } from './steps.ts';

export interface Sequence {
  model: Registry;
  /**
   * Does one step in both.
   *
   * @throws {Error} if they differ. The message lists all calls so far
   */
  run(step: Step): Promise<void>;
}

export function beginSequence(asked: AskedRegistry): Sequence {
  const model = emptyRegistry();
  const seen: Seen = new Map();
  const lines: string[] = [];
  let serial = 0;

  async function run(step: Step): Promise<void> {
    try {
      await runInBoth(step);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error([reason, ...lines].join('\n  '), { cause: error });
    }
  }

  async function runInBoth(step: Step): Promise<void> {
    const call = callOf(step, model, seen, ++serial);
    if (!call) return observe(step);
    if (call.verb === 'expire' && call.seen === getHeartbeat(model, call.lease)) {
      await asked.observe(call.lease, call.seen);
    }
    const givenBefore = asked.fences.length;
    // Each call comes from another client, since a lease does not belong to a connection.
    const at = lines.push(describeCall(call)) - 1;
    const answer = asked.named(await asked.ask(call, serial));
    lines[at] += ` → ${JSON.stringify(answer)}`;
    const isNewFence = call.verb !== 'extend' || hasGrown(model, call);
    const wanted = applyTo(model, call);
    const what = describeCall(call);
    deepStrictEqual(answer, wanted, `The registry and the model answer ${what} differently`);
    assertFencesRise(asked.fences, isNewFence ? givenBefore : asked.fences.length, what);
    deepStrictEqual(
      await asked.view(),
      viewOf(model),
      `After ${what}, the visible state differs from the model`,
    );
  }

  /** Does nothing if no lease exists yet. */
  async function observe(step: Step): Promise<void> {
    const lease = model.leases[(step.pick ?? 0) % model.leases.length];
    if (!lease) return;
    await asked.observe(lease.name, getHeartbeat(model, lease.name));
    lines.push(`observe(${lease.name})`);
  }

  return { model, run };
}

/** Whether the extension adds a record. If not, its answer has the old fence of the lease. */
function hasGrown(model: Registry, call: Call & { verb: 'extend' }): boolean {
  const after = structuredClone(model);
  const heartbeat = getHeartbeat(after, call.lease);
  applyTo(after, call);
  return getHeartbeat(after, call.lease) !== heartbeat;
}

function assertFencesRise(fences: readonly number[], from: number, what: string): void {
  const highest = Math.max(0, ...fences.slice(0, from));
  for (const fence of fences.slice(from)) {
    if (fence <= highest) throw new Error(`P5: ${what} got fence ${fence}, after fence ${highest}`);
  }
}
