import { parseSession, SESSION_HEADER } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { type StaleRecord, useStaleRecord } from './useStaleRecord.ts';

const bo = { id: 'bo', name: 'Bo' };

interface FormProps {
  ids: number | readonly number[];
  version: number | undefined;
  seen: { stale?: StaleRecord };
}

function Form({ ids, version, seen }: FormProps) {
  seen.stale = useStaleRecord(ids, { resource: 'cities', version });
  return <output>{seen.stale.isStale ? 'stale' : 'current'}</output>;
}

async function openForm(server: MemoryServer, version: number | undefined, ids: FormProps['ids'] = 1) {
  const seen: FormProps['seen'] = {};
  const form = (loaded: number | undefined) => <Form ids={ids} version={loaded} seen={seen} />;
  const { screen, rerender, client, transport } = await renderWithRowlock(form(version), { server });
  return {
    ...{ seen, client, transport },
    state: screen.getByRole('status'),
    load: (next: number) => rerender(form(next)),
  };
}

describe('useStaleRecord', () => {
  it('A row is stale as soon as somebody else changes it, until it is loaded again', async () => {
    const server = new MemoryServer();
    const { seen, state, load } = await openForm(server, server.version);
    await expect.element(state).toHaveTextContent('current');
    const version = server.change(['cities/1'], { actor: bo });
    await expect.element(state).toHaveTextContent('stale');
    expect(seen.stale).toMatchObject({
      knownVersion: version,
      changes: [{ actor: bo, how: 'write', version }],
    });
    await load(version);
    await expect.element(state).toHaveTextContent('current');
    expect(seen.stale?.changes).toEqual([]);
  });

  it('A change between the load and the first render counts', async () => {
    const server = new MemoryServer();
    const loaded = server.version;
    server.change(['cities/1'], { actor: bo });
    const { state } = await openForm(server, loaded);
    await expect.element(state).toHaveTextContent('stale');
  });

  it('A row is not stale while its version is not known', async () => {
    const server = new MemoryServer();
    const loaded = server.version;
    server.change(['cities/1'], { actor: bo });
    const { state, load } = await openForm(server, undefined);
    await expect.element(state).toHaveTextContent('current');
    await load(loaded);
    await expect.element(state).toHaveTextContent('stale');
  });

  it('An earlier save of this tab is no change of somebody else', async () => {
    const server = new MemoryServer();
    const { state, client } = await openForm(server, server.version, [1, 2]);
    await expect.poll(() => client.leases.sessionHeaders()[SESSION_HEADER]).toBeDefined();
    const { sessionId } = parseSession(client.leases.sessionHeaders()[SESSION_HEADER]!)!;
    server.change(['cities/1'], { by: sessionId });
    server.change(['cities/7'], { actor: bo });
    await expect.poll(() => client.records.getVersion()).toBe(server.version - 1);
    await expect.element(state).toHaveTextContent('current');
    server.change(['cities/2'], { actor: bo });
    await expect.element(state).toHaveTextContent('stale');
  });

  it('A change during a lost connection counts after it', async () => {
    const server = new MemoryServer();
    const { state, transport, client } = await openForm(server, server.version);
    await expect.poll(() => client.records.getVersion()).toBe(server.version);
    transport.disconnect();
    server.change(['cities/1'], { actor: bo });
    transport.reconnect();
    await expect.element(state).toHaveTextContent('stale');
  });
});
