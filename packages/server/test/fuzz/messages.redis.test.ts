/** Every message of the live channel, with inputs that are derived from its schema, against a real gateway. */
import { clientMessages, ERRORS } from '@rowlock/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { gatewayFixture } from '../fixtures/gatewayFixture.ts';
import type { Client } from '../fixtures/rig.ts';
import { assertDocumentedError, type FuzzRig, fuzzRig } from './fuzzRig.ts';
import { fuzzRuns, fuzzSeeds, fuzzTimeoutMs } from './fuzzRuns.ts';
import { anyInput, hostile } from './schemaArbitrary.ts';
import { assertNothingWritten } from './writtenKeys.ts';

const fixture = gatewayFixture();

/** A tab that sends anything, and connects again if a message has ended its connection. */
function tabOf(open: () => Promise<Client>) {
  let client: Client | undefined;
  async function connected(): Promise<Client> {
    if (!client?.socket.connected) client = await open();
    return client;
  }
  return {
    async send(name: string, message: unknown): Promise<Record<string, unknown> & { ok: boolean }> {
      return (await connected()).sendRaw(name, message) as never;
    },
  };
}

/** The next message finds the records as this one has found them. */
async function undo(tab: ReturnType<typeof tabOf>, { lease, waiting }: Record<string, unknown>) {
  const given = (lease ?? waiting) as { id?: string; secret?: string } | undefined;
  if (given?.secret) await tab.send('release', { leaseId: given.id, secret: given.secret });
}

async function tryMessage(rig: FuzzRig, tab: ReturnType<typeof tabOf>, name: string, message: unknown) {
  const before = await rig.readStored();
  const answer = await tab.send(name, message);
  if (answer.ok) return undo(tab, answer);
  assertDocumentedError(answer.error, ERRORS);
  assertNothingWritten(before, await rig.readStored());
}

describe.each(Object.entries(clientMessages))('the message %s', (name, schema) => {
  it.each(fuzzSeeds)(
    `${name} with any input is answered as documented, and writes nothing if it is refused (seed %i)`,
    async (seed) => {
      const rig = await fuzzRig(fixture);
      const tab = tabOf(() => rig.connect('fuzz'));
      const property = fc.asyncProperty(anyInput(schema as unknown as z.ZodType), (message) =>
        tryMessage(rig, tab, name, message),
      );
      await fc.assert(property, { seed, numRuns: fuzzRuns }).finally(rig.closeRedis);
      expect(rig.logged.filter((line) => line.includes('could not be handled'))).toEqual([]);
    },
    fuzzTimeoutMs,
  );
});

describe('anything else', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'disconnecting',
      'newListener',
      'error',
    ),
  );

  it.each(fuzzSeeds)(
    'a message of any name with any arguments is refused, and the connection of others works (seed %i)',
    async (seed) => {
      const rig = await fuzzRig(fixture);
      const tab = tabOf(() => rig.connect('fuzz'));
      const other = await rig.connect('ann');
      // Socket.IO itself refuses to send the names that it reserves.
      const isOurs = (name: string) =>
        !Object.hasOwn(clientMessages, name) && !['disconnecting', 'newListener', 'error'].includes(name);
      const property = fc.asyncProperty(names.filter(isOurs), hostile, (name, message) =>
        tryMessage(rig, tab, name, message),
      );
      await fc.assert(property, { seed, numRuns: fuzzRuns }).finally(rig.closeRedis);
      expect(await other.send('watch', { records: ['cities/1'] })).toMatchObject({ ok: true });
    },
    fuzzTimeoutMs,
  );
});

describe('the prototype of objects', () => {
  const isClean = () => ({}) as Record<string, unknown>;
  beforeAll(() => expect(isClean().isAdmin).toBeUndefined());
  afterAll(() => expect(isClean().isAdmin).toBeUndefined());

  it('fields named __proto__ and constructor in messages change no object of the server', async () => {
    const rig = await fuzzRig(fixture);
    const tab = tabOf(() => rig.connect('fuzz'));
    for (const name of Object.keys(clientMessages)) {
      for (const text of [
        '{"__proto__":{"isAdmin":true}}',
        '{"constructor":{"prototype":{"isAdmin":true}}}',
      ]) {
        expect(await tab.send(name, JSON.parse(text))).toMatchObject({
          ok: false,
          error: { code: 'bad_request' },
        });
      }
    }
    rig.closeRedis();
    expect(isClean().isAdmin).toBeUndefined();
  });
});
