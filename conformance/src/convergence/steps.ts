/** Carries out the steps of a plan. */
import { setTimeout as rest } from 'node:timers/promises';
import type { Fault, Work } from './plan.ts';
import { timedTask } from './world/timedTask.ts';
import type { World } from './world/world.ts';

/** A tab notices a loss within this time after its network or its gateway works again. */
const NOTICED_WITHIN_MS = 500;
/** A gateway without an answer of Redis says within this time that nothing is certain. */
const UNCERTAIN_WITHIN_MS = 3_500;

const APPLICATION = { id: 'application', name: 'Application' };

/** Begins a piece of work. Its failure is part of the run: Redis may be away. */
export async function work(world: World, step: Work): Promise<void> {
  const tabOf = (index: number) => world.tabs[index % world.tabs.length]!;
  switch (step.do) {
    case 'acquire':
      tabOf(step.tab).acquire(step.records, step.mode, step.onConflict);
      return;
    case 'extend':
      tabOf(step.tab).extend(step.records);
      return;
    case 'releaseOne':
      tabOf(step.tab).releaseOne();
      return;
    case 'takeOver':
      tabOf(step.tab).takeOver(step.records);
      return;
    case 'release':
      tabOf(step.tab).release();
      return;
    case 'cancel':
      tabOf(step.tab).cancel();
      return;
    case 'rest':
      await rest(step.forMs);
      return;
    case 'change':
      await world.rowlock.changed(step.records).then(
        (version) => {
          for (const key of step.records) world.changes.set(key, version);
        },
        () => {},
      );
      return;
    case 'launch': {
      const { do: _, ...input } = step;
      await world.rowlock.tasks.launch(timedTask, input, { actor: APPLICATION }).catch(() => {});
      return;
    }
  }
}

/** Injects a fault, and ends it. Returns violations that only this fault shows. */
export async function inject(world: World, fault: Fault): Promise<string[]> {
  const { redis, gateways, tabs } = world;
  const tabOf = (index: number) => tabs[index % tabs.length]!;
  switch (fault.fault) {
    case 'drop': {
      const tab = tabOf(fault.tab);
      tab.proxy.cut();
      await rest(fault.forMs);
      tab.moveTo(gateways[fault.gateway]!);
      tab.proxy.heal();
      return [];
    }
    case 'cutSilently': {
      const tab = tabOf(fault.tab);
      tab.isImpaired = true;
      if (fault.direction !== 'toClient') tab.proxy.dropToServer();
      if (fault.direction !== 'toServer') tab.proxy.dropToClient();
      await rest(fault.forMs);
      tab.proxy.heal();
      await rest(NOTICED_WITHIN_MS);
      tab.isImpaired = false;
      return [];
    }
    case 'readSlowly': {
      const tab = tabOf(fault.tab);
      tab.isImpaired = true;
      tab.proxy.delay({ toClientMs: fault.lateMs });
      await rest(fault.forMs);
      tab.proxy.heal();
      tab.isImpaired = false;
      return [];
    }
    case 'reload':
      await world.reload(tabOf(fault.tab));
      return [];
    case 'duplicate':
      await world.duplicate(tabOf(fault.tab));
      return [];
    case 'killGateway':
      await world.replaceGateway(fault.gateway);
      return [];
    case 'freezeGateway':
      await freeze(world, fault.gateway, () => rest(fault.forMs));
      return [];
    case 'trimLog':
      await freeze(world, fault.gateway, async () => {
        await rest(fault.forMs);
        await world.trimLog();
      });
      return [];
    case 'restartRedis':
      await redis.kill(fault.signal);
      await redis.restart();
      return [];
    case 'freezeRedis': {
      redis.pause();
      await rest(fault.forMs);
      const liars = tabs.filter((tab) => fault.forMs >= UNCERTAIN_WITHIN_MS && tab.view().status === 'live');
      redis.resume();
      return liars.map(({ name }) => `${name} is live after ${fault.forMs} ms without Redis`);
    }
  }
}

async function freeze(world: World, index: number, meanwhile: () => Promise<unknown>): Promise<void> {
  const gateway = world.gateways[index]!;
  gateway.isFrozen = true;
  gateway.child.pause();
  await meanwhile();
  gateway.child.resume();
  await rest(NOTICED_WITHIN_MS);
  gateway.isFrozen = false;
}
