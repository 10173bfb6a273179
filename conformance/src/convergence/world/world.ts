/** Everything of a run: Redis, two gateways in processes of their own, tabs, and the application, which runs the tasks. */
import type { RecordKey } from '@rowlock/protocol';
import { createRowlock, keysOf, type Rowlock } from '@rowlock/server';
import { startRedis, type TestRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { GATEWAYS, type Plan } from '../plan.ts';
import { type Gateway, startGateway } from './gateways.ts';
import { Browser } from './pages.ts';
import { rowlockOptions } from './settings.ts';
import { Tab } from './tab.ts';

/** More tabs than this slow a run down. A further duplicate replaces the oldest one */
const MOST_TABS = 8;
/** More than a gateway reads at once, so that it asks whether it has missed entries */
const LOG_LENGTH = 250;

let lastRun = 0;

export class World {
  readonly redis: TestRedis;
  /** The application's own Rowlock: launches tasks, notes changes, and reads the registry */
  readonly rowlock: Rowlock;
  readonly gateways: Gateway[] = [];
  readonly tabs: Tab[] = [];
  /** The newest change of each record that the application has noted successfully */
  readonly changes = new Map<RecordKey, number>();
  readonly #browser = new Browser();
  readonly #namespace: string;
  #lastTab = 0;

  private constructor(redis: TestRedis) {
    lastRun += 1;
    this.#namespace = `convergence-${process.pid}-${lastRun}`;
    this.redis = redis;
    this.rowlock = createRowlock(rowlockOptions(redis.url, this.#namespace));
  }

  static async open({ appendonly, tabs }: Plan): Promise<World> {
    const world = new World(await startRedis({ appendonly }));
    try {
      await world.#start(tabs);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async #start(tabs: number): Promise<void> {
    await this.rowlock.start();
    const [, ...gateways] = await Promise.all([
      this.rowlock.startWorker({ concurrency: 10 }),
      ...Array.from({ length: GATEWAYS }, () => this.#startGateway()),
    ]);
    this.gateways.push(...gateways);
    for (let i = 0; i < tabs; i++) await this.openTab(this.gateways[i % GATEWAYS]!);
  }

  async openTab(gateway: Gateway, content?: ReadonlyMap<string, string>): Promise<Tab> {
    this.#lastTab += 1;
    const tab = await Tab.open(`user-${this.#lastTab}`, this.#browser.openPage(content), gateway);
    this.tabs.push(tab);
    return tab;
  }

  /** The page of a tab is gone, and a new page has its storage. It takes its place. */
  async reload(tab: Tab): Promise<void> {
    await tab.destroy();
    const next = await Tab.open(tab.name, this.#browser.openPage(tab.page.content), tab.gateway);
    this.tabs[this.tabs.indexOf(tab)] = next;
  }

  /** A second page with a copy of a tab's storage, of the same user. */
  async duplicate(tab: Tab): Promise<void> {
    if (this.tabs.length >= MOST_TABS) await this.tabs.shift()?.destroy();
    this.tabs.push(await Tab.open(tab.name, this.#browser.openPage(tab.page.content), tab.gateway));
  }

  /** A gateway crashes. Its tabs connect to the others, and a new one takes its place. */
  async replaceGateway(index: number): Promise<void> {
    const killed = this.gateways[index]!;
    await killed.child.kill('SIGKILL');
    const other = this.gateways[(index + 1) % GATEWAYS]!;
    for (const tab of this.tabs) if (tab.gateway === killed) tab.moveTo(other);
    this.gateways[index] = await this.#startGateway();
  }

  /** Deletes all entries of the change log, as more entries than it keeps do. A reader that is behind finds a full batch. */
  async trimLog(): Promise<void> {
    const { log } = keysOf(this.#namespace);
    const redis = new Redis(this.redis.url);
    try {
      const step = redis.multi();
      for (let i = 0; i < LOG_LENGTH; i++) step.xadd(log, '*', 'e', 'kind\u001funknown');
      await step.xtrim(log, 'MAXLEN', LOG_LENGTH).exec();
    } finally {
      redis.disconnect();
    }
  }

  async close(): Promise<void> {
    this.redis.resume();
    for (const tab of this.tabs) await tab.destroy();
    await Promise.all(this.gateways.map(({ child }) => child.kill('SIGKILL')));
    await this.rowlock.close();
    await this.redis.stop();
  }

  #startGateway(): Promise<Gateway> {
    return startGateway(this.redis.url, this.#namespace);
  }
}
