import { describe, expect, it } from 'vitest';
import { lyon, paris, setUpClient } from '../testSupport/clientFixture.ts';
import { createTaskRoutes } from './taskRoutes.ts';

function setUp() {
  const setup = setUpClient();
  return { ...setup, routes: createTaskRoutes('/rowlock', setup.transport.fetch) };
}

describe('the routes of tasks', () => {
  it('The failed rows of a task come with their reasons, and its log in order', async () => {
    const { server, client } = setUp();
    const { id } = server.startTask({ label: 'Export', records: [paris, lyon] });
    server.failRecords(id, [lyon], 'The name is empty.');
    server.failRecords(id, [paris]);
    server.writeLog(id, 'Reading rows');
    server.writeLog(id, 'Writing rows');
    expect(await client.tasks.failures(id)).toEqual({
      ok: true,
      total: 2,
      failures: [
        { record: paris, error: 'It could not be changed.' },
        { record: lyon, error: 'The name is empty.' },
      ],
    });
    expect(await client.tasks.log(id)).toMatchObject({
      ok: true,
      lines: [{ text: 'Reading rows' }, { text: 'Writing rows' }],
    });
  });

  it('A list has the tasks of its filter, page by page', async () => {
    const { server, routes } = setUp();
    for (const label of ['A', 'B', 'C']) server.startTask({ label, tags: ['x', 'y'] });
    server.startTask({ label: 'D', state: 'completed' });
    const first = await routes.list({ states: ['running', 'queued'], tags: ['x'] }, { limit: 2 });
    expect(first).toMatchObject({ ok: true, tasks: [{ label: 'C' }, { label: 'B' }] });
    const after = first.ok ? first.next! : '';
    expect(await routes.list({ tags: ['x'] }, { limit: 2, after })).toMatchObject({
      tasks: [{ label: 'A' }],
    });
  });

  it('A task is found, cancelled, and retried', async () => {
    const { server, routes } = setUp();
    const { id } = server.startTask({ label: 'Export', records: [paris] });
    expect(await routes.find(id)).toMatchObject({ ok: true, task: { label: 'Export' } });
    expect(await routes.cancel(id)).toMatchObject({ ok: true, task: { cancelRequested: true } });
    server.endTask(id, 'cancelled');
    expect(await routes.retry(id, {})).toMatchObject({ ok: true, task: { retryOf: id } });
  });

  it('A refusal is an error with its code, and so is a server that cannot be reached', async () => {
    const { transport, routes } = setUp();
    expect(await routes.find('gone')).toMatchObject({ ok: false, error: { code: 'not_found' } });
    transport.disconnect();
    expect(await routes.find('gone')).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('An answer that is not from Rowlock is an error that says what to check', async () => {
    const routes = createTaskRoutes('/wrong', async () => Response.json({}, { status: 404 }));
    expect(await routes.log('t')).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/HTTP status 404.*routesUrl/) },
    });
  });
});
