/** Subscribers that throw or hang. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gated, listener, useSubscribers } from '../../test/fixtures/subscriberFixture.ts';

const { rigWith } = useSubscribers();

describe('a subscriber that fails', () => {
  it('a failing subscriber is called until it succeeds, is logged once, and delays no other subscriber and no task', async () => {
    let isDown = true;
    let calls = 0;
    const heard = listener();
    const other = listener();
    const { rowlock, launch, logged } = await rigWith({
      table: {
        onTask(event) {
          if (event.kind === 'progress') return;
          calls += 1;
          if (isDown) throw new Error('The dashboard is down');
          heard.onTask(event);
        },
      },
      other,
    });
    await rowlock.startWorker();
    const taskIds = await Promise.all(['1', '2'].map((id) => launch(id)));
    await until(() => taskIds.every((id) => other.steps(id).at(-1) === 'cleaned'));
    await until(() => calls >= 3, { what: 'several calls' });
    expect(heard.events).toEqual([]);
    const reports = () => logged.filter((line) => line.includes('subscribers "table"'));
    expect(reports()).toEqual([
      expect.stringMatching(/created of task .* failed.* \d+ entries of the log are/),
    ]);
    const [table, well] = await rowlock.subscribers.status();
    expect(table).toMatchObject({ name: 'table', isLeading: true, failingSince: expect.any(Number) });
    expect(table?.lastError).toContain('The dashboard is down');
    expect(table?.behind).toBeGreaterThan(3);
    expect(well).toEqual({ name: 'other', behind: 0, isLeading: true, position: expect.any(String) });

    isDown = false;
    await until(() => taskIds.every((id) => heard.steps(id).at(-1) === 'cleaned'), { what: 'catching up' });
    for (const id of taskIds) expect(heard.steps(id)).toEqual(['created', 'started', 'completed', 'cleaned']);
    await until(async () => (await rowlock.subscribers.status())[0]?.behind === 0);
    const [recovered] = await rowlock.subscribers.status();
    expect(recovered).not.toHaveProperty('failingSince');
    expect(reports().at(-1)).toContain('works again');
  });

  it('a subscriber that hangs is aborted by its signal, and called again', async () => {
    const signals: AbortSignal[] = [];
    const other = listener();
    const { launch } = await rigWith({
      table: {
        timeoutMs: 100,
        onTask(_event, { signal }) {
          signals.push(signal);
          return signals.length < 3 ? new Promise(() => {}) : undefined;
        },
      },
      other,
    });
    const taskId = await launch('1');
    await until(() => other.steps(taskId).includes('created'));
    await until(() => signals.length === 3);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  });

  it('a subscriber that hangs does not keep its process from closing, and the event is repeated', async () => {
    let isAborted = false;
    let begun = 0;
    const first = await rigWith({
      table: {
        onTask: (_event, { signal }) => {
          begun += 1;
          signal.addEventListener('abort', () => {
            isAborted = true;
          });
          return new Promise(() => {});
        },
      },
    });
    const taskId = await first.launch('1');
    await until(() => begun === 1);
    await first.close();
    expect(isAborted).toBe(true);

    const heard = listener();
    await rigWith({ table: heard }, gated(), first.namespace);
    await until(() => heard.steps(taskId).includes('created'), { what: 'the call that had not ended' });
  });

  it('a subscriber that fails for progress is not called again for it', async () => {
    const heard = listener();
    const { rowlock, launch, gate, logged } = await rigWith({
      table: {
        onTask(event) {
          heard.onTask(event);
          if (event.kind === 'progress') throw new Error('No room for progress');
        },
      },
    });
    await rowlock.startWorker();
    const open = gate('a');
    const taskId = await launch('1', 'a');
    await open.started;
    await until(() => heard.kinds(taskId).includes('progress'));
    open.finish();
    await until(() => heard.kinds(taskId).includes('cleaned'));
    expect(logged.filter((line) => line.includes('progress of task'))).toHaveLength(1);
    expect((await rowlock.subscribers.status())[0]).not.toHaveProperty('lastError');
  });
});
