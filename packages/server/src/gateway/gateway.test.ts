import { DEFAULT_LIMITS, type Hello } from '@rowlock/protocol';
import type { Server } from 'socket.io';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/fixtures/deferred.ts';
import { handClock } from '../../test/fixtures/handClock.ts';
import { silent } from '../../test/fixtures/lockFixture.ts';
import { createConsumers } from '../changeLog/consumers.ts';
import { createOrigins } from '../origins.ts';
import { createPermissions } from '../permissions.ts';
import { createGateway } from './gateway.ts';
import { WatchedRecords } from './view/watchedRecords.ts';

type Parts = Parameters<typeof createGateway>[0];

/** A gateway whose loads the test ends, and the certainty that it sends to a new session. */
function gatewayAlone() {
  const clock = handClock();
  const log = createConsumers();
  const loads: ReturnType<typeof deferred<void>>[] = [];
  const ann = { id: 'ann', name: 'Ann' };
  const gateway = createGateway({
    namespace: 'alone',
    watched: new WatchedRecords(),
    permissions: createPermissions(
      { authenticate: () => ann, authorize: () => true },
      { resources: ['cities'], clock, log },
    ),
    log,
    origins: createOrigins([]),
    limits: DEFAULT_LIMITS,
    recheckMs: 10_000,
    clock,
    logger: silent,
    sessionLeases: { renewAll: async () => {}, listKept: () => [] as string[] } as Parts['sessionLeases'],
    watching: {
      reload() {
        const load = deferred<void>();
        loads.push(load);
        return load.promise;
      },
    } as Parts['watching'],
  } as unknown as Parts);
  let handshake = (_socket: unknown, _next: () => void): unknown => undefined;
  let connected = (_socket: unknown): void => {};
  const namespace = {
    adapter: {},
    use(fn: typeof handshake) {
      handshake = fn;
    },
    on(_event: 'connection', fn: typeof connected) {
      connected = fn;
    },
  };
  gateway.attach({ of: () => namespace } as unknown as Server);

  async function isCertain(): Promise<boolean> {
    const told: Hello[] = [];
    const socket = {
      handshake: { headers: {}, auth: {}, secure: false, address: '127.0.0.1' },
      conn: { on() {}, writeBuffer: [], transport: {} },
      on() {},
      onAny() {},
      emit: (_name: 'hello', hello: Hello) => told.push(hello),
    };
    await new Promise<void>((resolve) => handshake(socket, resolve));
    connected(socket);
    return told[0]!.certain;
  }
  return { log, loads, isCertain };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a gateway', () => {
  it('P9: a gateway is not certain before the newest load after a gap ends, even if an earlier load ends', async () => {
    const { log, loads, isCertain } = gatewayAlone();
    const first = log.onGap();
    await settled();
    log.onLost();
    const second = log.onGap();
    await settled();
    loads[0]!.resolve();
    await first;
    expect(await isCertain()).toBe(false);
    loads[1]!.resolve();
    await second;
    expect(await isCertain()).toBe(true);
  });
});
