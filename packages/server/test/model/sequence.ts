/** A sequence of steps, done by the model and by the registry in Redis, and compared after each. */
import { deepStrictEqual } from 'node:assert/strict';
import type { AskedRegistry } from './askRegistry.ts';
import { type Call, describeCall } from './calls.ts';
import { applyTo, emptyRegistry, getHeartbeat, type Registry, viewOf } from './registryModel.ts';
import { callOf, type Seen, type Step } from './steps.ts';

export interface Sequence {
  model: Registry;
  /** Does one step in both. @throws {Error} where they differ, with all that was done, in words */
  take(step: Step): Promise<void>;
}

export function beginSequence(asked: AskedRegistry): Sequence {
  const model = emptyRegistry();
  const seen: Seen = new Map();
  const told: string[] = [];
  let serial = 0;

  async function take(step: Step): Promise<void> {
    try {
      await takeInBoth(step);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error([reason, ...told].join('\n  '), { cause: error });
    }
  }

  async function takeInBoth(step: Step): Promise<void> {
    const call = callOf(step, model, seen, ++serial);
    if (!call) return look(step);
    if (call.verb === 'expire' && call.seen === getHeartbeat(model, call.lease)) {
      await asked.observe(call.lease, call.seen);
    }
    const givenBefore = asked.fences.length;
    // Each call comes from another client: a lease is not its connection's.
    const at = told.push(describeCall(call)) - 1;
    const answer = asked.named(await asked.ask(call, serial));
    told[at] += ` → ${JSON.stringify(answer)}`;
    const isNewFence = call.verb !== 'extend' || hasGrown(model, call);
    const wanted = applyTo(model, call);
    const what = describeCall(call);
    deepStrictEqual(answer, wanted, `${what} was answered otherwise than by the model`);
    assertFencesRise(asked.fences, isNewFence ? givenBefore : asked.fences.length, what);
    deepStrictEqual(
      await asked.view(),
      viewOf(model),
      `after ${what}, what can be seen differs from the model`,
    );
  }

  /** An `observe`, or nothing where there is no lease yet. */
  async function look(step: Step): Promise<void> {
    const lease = model.leases[(step.pick ?? 0) % model.leases.length];
    if (!lease) return;
    await asked.observe(lease.name, getHeartbeat(model, lease.name));
    told.push(`observe(${lease.name})`);
  }

  return { model, take };
}

/** An extension by nothing new tells the fence that the lease has already. */
function hasGrown(model: Registry, call: Call & { verb: 'extend' }): boolean {
  const after = structuredClone(model);
  const beats = getHeartbeat(after, call.lease);
  applyTo(after, call);
  return getHeartbeat(after, call.lease) !== beats;
}

function assertFencesRise(fences: readonly number[], from: number, what: string): void {
  const highest = Math.max(0, ...fences.slice(0, from));
  for (const fence of fences.slice(from)) {
    if (fence <= highest) throw new Error(`P5: ${what} gave fence ${fence}, after ${highest}`);
  }
}
