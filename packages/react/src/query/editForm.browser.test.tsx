import { LEASE_HEADER, problemOf, type RecordKey, recordKey, VERSION_HEADER } from '@rowlock/protocol';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { MemoryServer } from '../testing/memoryServer.ts';
import { bo } from '../testSupport/componentFixture.ts';
import { EditCity } from '../testSupport/EditCity.tsx';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';

/** The application's server: a table of one row, with a guarded route. */
class CityServer {
  row: { id: number; name: string };
  version: number;
  readonly record: RecordKey;
  readonly rowlock = new MemoryServer();
  readonly saves: Headers[] = [];

  /** Each test has a row of its own, since drafts live as long as the page. */
  constructor(id: number) {
    this.row = { id, name: 'Paris' };
    this.record = recordKey('cities', id);
    this.version = this.rowlock.version;
  }

  change(name: string): void {
    this.row = { ...this.row, name };
    this.version = this.rowlock.change([this.record], { actor: bo });
  }

  readonly put = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers);
    this.saves.push(headers);
    if (Number(headers.get(VERSION_HEADER)) < this.version) {
      const problem = problemOf({ code: 'stale', message: 'Changed.', version: this.version, changes: [] });
      return Response.json(problem, { status: 409 });
    }
    this.row = JSON.parse(String(init?.body));
    this.version = this.rowlock.change([this.record], { by: 'this-tab' });
    return Response.json(this.row, { headers: { [VERSION_HEADER]: String(this.version) } });
  };
}

function Page({ server }: { server: CityServer }) {
  const [loaded, setLoaded] = useState({ city: server.row, version: server.version });
  const reload = useCallback(() => setLoaded({ city: server.row, version: server.version }), [server]);
  return <EditCity {...loaded} reload={reload} />;
}

async function open(id: number) {
  const server = new CityServer(id);
  vi.spyOn(window, 'fetch').mockImplementation(server.put);
  const { screen } = await renderWithRowlock(
    <QueryClientProvider client={new QueryClient()}>
      <Page server={server} />
    </QueryClientProvider>,
    { server: server.rowlock },
  );
  return {
    ...{ server, screen },
    name: screen.getByRole('textbox', { name: 'Name' }),
    save: screen.getByRole('button', { name: 'Save' }),
  };
}

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.mocked(window.fetch).mockRestore());

describe('the edit form of the README', () => {
  it('It locks the row at the first keystroke, saves under the lock, and unlocks the row', async () => {
    const { server, name, save } = await open(1);
    expect(server.rowlock.leasesOn(server.record)).toEqual([]);
    await userEvent.fill(name, 'Lutetia');
    await expect.poll(() => server.rowlock.leasesOn(server.record).length).toBe(1);
    await save.click();
    await expect.poll(() => server.row.name).toBe('Lutetia');
    expect(server.saves[0]?.get(LEASE_HEADER)).toBeTruthy();
    await expect.element(name).toHaveValue('Lutetia');
    await expect.element(save).toBeDisabled();
    await expect.poll(() => server.rowlock.leasesOn(server.record).length).toBe(0);
  });

  it('If somebody else was faster, the user sees both values, chooses, and saves', async () => {
    const { server, screen, name, save } = await open(2);
    await userEvent.fill(name, 'Lutetia');
    server.change('PARIS');
    await save.click();
    await screen.getByRole('radio', { name: 'Mine Lutetia' }).click();
    await save.click();
    await expect.poll(() => server.row.name).toBe('Lutetia');
    expect(server.saves).toHaveLength(2);
    await expect.element(screen.getByRole('region')).not.toBeInTheDocument();
  });

  it('If the server cannot save now, the button of the dialog sends the save again', async () => {
    const { server, screen, name, save } = await open(4);
    await userEvent.fill(name, 'Lutetia');
    const problem = problemOf({ code: 'unavailable', message: 'Locks cannot be checked.' });
    vi.mocked(window.fetch).mockResolvedValueOnce(Response.json(problem, { status: 503 }));
    await save.click();
    await screen.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => server.row.name).toBe('Lutetia');
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('If somebody else holds the row, the dialog says who, once the user types', async () => {
    const { server, screen, name } = await open(3);
    server.rowlock.hold([server.record], { actor: bo });
    await userEvent.fill(name, 'Lutetia');
    await expect.element(screen.getByRole('dialog')).toBeVisible();
    await expect.element(name).toHaveValue('Lutetia');
  });
});
