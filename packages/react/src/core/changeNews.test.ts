import { parseSession, SESSION_HEADER, VERSION_HEADER } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import { bo, lyon, paris, sent, setUpClient } from '../testSupport/clientFixture.ts';
import type { WatchedChange } from './changeNews.ts';
import { createRowlockClient } from './client.ts';
import type { Transport } from './transport.ts';

/** A client that is connected, perhaps over a transport that is made of the one in memory. */
async function connected(wrap: (transport: Transport) => Transport = (transport) => transport) {
  const fixture = setUpClient();
  const client = createRowlockClient({
    transport: wrap(fixture.transport),
    clock: fixture.clock,
    storage: null,
  });
  client.start();
  const heard: WatchedChange[] = [];
  const stop = client.records.onChanged([paris, lyon], (changes) => void heard.push(...changes));
  await fixture.clock.turn(0);
  return { ...fixture, client, heard, stop };
}

describe('changes of watched records', () => {
  it('A listener gets the changes of its records, with their author and version', async () => {
    const { clock, server, heard } = await connected();
    const version = server.change([paris, 'cities/99'], { actor: bo });
    await clock.turn(0);
    expect(heard).toEqual([
      {
        version,
        recordCount: 1,
        records: [paris],
        how: 'write',
        by: `tab-of-${bo.id}`,
        actor: bo,
        at: expect.any(Number),
        isOwn: false,
      },
    ]);
  });

  it('A listener gets only the records that it asked for', async () => {
    const { clock, server, client } = await connected();
    const other = vi.fn();
    client.records.onChanged([lyon], other);
    await clock.turn(0);
    server.change([paris], { actor: bo });
    await clock.turn(0);
    expect(other).not.toHaveBeenCalled();
    server.change([paris, lyon], { actor: bo });
    await clock.turn(0);
    expect(other).toHaveBeenCalledWith([expect.objectContaining({ records: [lyon], recordCount: 1 })]);
  });

  it('A listener that was stopped hears nothing', async () => {
    const { clock, server, heard, stop } = await connected();
    stop();
    server.change([paris], { actor: bo });
    await clock.turn(0);
    expect(heard).toEqual([]);
  });

  it('A task that ends has changed its records', async () => {
    const { clock, server, heard } = await connected();
    const task = server.startTask({ label: 'Rename', records: [paris] });
    server.endTask(task.id);
    await clock.turn(0);
    expect(heard).toMatchObject([{ how: 'task', by: task.id, records: [paris], isOwn: false }]);
  });

  it('Changes before a gap are asked for again if the connection is lost before the answer, though later ones arrived', async () => {
    let isLosing = false;
    const { clock, server, transport, heard } = await connected((real) => ({
      identify: (getSession) => real.identify(getSession),
      connect: () => real.connect(),
      close: () => real.close(),
      on: (listener) => real.on(listener),
      request: (name, message, onAnswer) =>
        real.request(name, message, isLosing && name === 'watch' ? () => {} : onAnswer),
    }));
    transport.disconnect();
    const missed = server.change([paris], { actor: bo });
    isLosing = true;
    transport.reconnect();
    await clock.turn(0);
    const later = server.change([lyon], { actor: bo });
    await clock.turn(0);
    expect(heard.map(({ version }) => version)).toEqual([later]);
    isLosing = false;
    transport.disconnect();
    transport.reconnect();
    await clock.turn(0);
    expect(heard.map(({ version }) => version)).toContain(missed);
  });

  it('Changes during a lost connection are reported after it, each record by its newest', async () => {
    const { clock, server, transport, heard } = await connected();
    server.change([lyon], { actor: bo });
    await clock.turn(0);
    transport.disconnect();
    server.change([paris], { actor: bo });
    const version = server.change([paris, 'cities/99'], { actor: bo });
    heard.length = 0;
    transport.reconnect();
    await clock.turn(0);
    expect(heard).toMatchObject([{ version, records: [paris], recordCount: 1 }]);
  });

  it('A record that is watched for the first time has missed no changes', async () => {
    const { clock, server, client } = await connected();
    server.change(['cities/99'], { actor: bo });
    const other = vi.fn();
    client.records.onChanged(['cities/99'], other);
    await clock.turn(0);
    expect(other).not.toHaveBeenCalled();
  });

  it('Changes between a load and the first watch are reported, if the listener names the version of the load', async () => {
    const { clock, server, client } = await connected();
    const loaded = server.version;
    const version = server.change(['cities/98'], { actor: bo });
    const other = vi.fn();
    client.records.onChanged(['cities/98', 'cities/99'], other, { since: loaded });
    await clock.turn(0);
    expect(other.mock.calls).toMatchObject([[[{ version, records: ['cities/98'], isOwn: false }]]]);
  });

  it('Of records that are watched already, earlier changes are asked for at once', async () => {
    const { clock, server, client } = await connected();
    const loaded = server.version;
    const version = server.change([paris], { actor: bo });
    await clock.turn(0);
    const other = vi.fn();
    client.records.onChanged([paris], other, { since: loaded });
    await clock.turn(0);
    expect(other.mock.calls).toMatchObject([[[{ version }]]]);
  });

  it('Data that is as new as the answer needs no second question', async () => {
    const { clock, server, client } = await connected();
    const count = sent(server, 'watch').length;
    client.records.onChanged(['cities/99'], vi.fn(), { since: server.version });
    await clock.turn(0);
    expect(sent(server, 'watch')).toHaveLength(count + 1);
  });

  it('Changes since a load are asked for when the connection is back', async () => {
    const { clock, server, client, transport } = await connected();
    const loaded = server.version;
    const version = server.change(['cities/98'], { actor: bo });
    const other = vi.fn();
    transport.disconnect();
    client.records.onChanged(['cities/98'], other, { since: loaded });
    await clock.turn(0);
    expect(other).not.toHaveBeenCalled();
    transport.reconnect();
    await clock.turn(0);
    expect(other).toHaveBeenCalledWith([expect.objectContaining({ version })]);
  });

  it('A listener to all changes hears of every watched record, and of no other', async () => {
    const { clock, server, client } = await connected();
    const all = vi.fn();
    const stop = client.records.onAnyChanged(all);
    server.change([paris, 'cities/99'], { actor: bo });
    await clock.turn(0);
    expect(all.mock.calls).toMatchObject([[[{ records: [paris] }]]]);
    stop();
    server.change([lyon], { actor: bo });
    await clock.turn(0);
    expect(all).toHaveBeenCalledTimes(1);
  });

  it('A change that this tab has made is its own', async () => {
    const { clock, server, client, heard } = await connected();
    const headers = client.leases.headers([paris], { version: 7 });
    expect(headers).toEqual({
      [VERSION_HEADER]: '7',
      [SESSION_HEADER]: expect.stringMatching(/^[\w-]{16,64}\.[\w-]{16,64}$/),
    });
    server.change([paris], { by: parseSession(headers[SESSION_HEADER]!)!.sessionId });
    await clock.turn(0);
    expect(heard).toMatchObject([{ isOwn: true }]);
  });

  it('The version is that of the newest change that the server has reported', async () => {
    const { clock, server, client } = setUpClient();
    expect(client.records.getVersion()).toBeUndefined();
    client.start();
    client.records.watch([paris], () => {});
    await clock.turn(0);
    expect(client.records.getVersion()).toBe(server.version);
    const version = server.change([paris], { actor: bo });
    await clock.turn(0);
    expect(client.records.getVersion()).toBe(version);
  });

  it('Headers without a version prove the lease alone', async () => {
    const { client } = await connected();
    expect(client.leases.headers([paris])).toEqual({});
  });
});
