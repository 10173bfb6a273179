import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/fixtures/deferred.ts';
import { createConsumers, LOG_PHASES, type LogConsumer } from './consumers.ts';
import type { LogEntry } from './entry.ts';

const entries: LogEntry[] = [{ kind: 'epoch', position: '1-0', epoch: 1 }];

/** A list with these consumers, and what they were called with, in order. */
function listOf(...consumers: (Pick<LogConsumer, 'name' | 'phase'> & Partial<LogConsumer>)[]) {
  const calls: string[] = [];
  const list = createConsumers();
  for (const consumer of consumers) {
    const note = (what: string) => () => void calls.push(`${consumer.name}: ${what}`);
    list.register({
      onEntries: note('entries'),
      onGap: note('gap'),
      onLost: note('lost'),
      ...consumer,
    });
  }
  return { list, calls };
}

describe('consumers of the change log', () => {
  it('consumers of the change log get entries phase by phase, and in order of registration inside a phase', async () => {
    const reversed = [...LOG_PHASES].reverse().map((phase) => ({ name: phase, phase }));
    const { list, calls } = listOf(...reversed, { name: 'second worker', phase: 'tasks' });
    await list.onEntries(entries, []);
    expect(calls.map((call) => call.replace(': entries', ''))).toEqual([
      'permissions',
      'tasks',
      'second worker',
      'screens',
      'metrics',
      'subscribers',
    ]);
  });

  it('a consumer of the change log waits for the consumers before it', async () => {
    const sent = deferred<void>();
    const { list, calls } = listOf(
      { name: 'gateway', phase: 'screens', onEntries: () => sent.promise },
      { name: 'lag', phase: 'metrics' },
    );
    const done = list.onEntries(entries, []);
    await new Promise(setImmediate);
    expect(calls).toEqual([]);
    sent.resolve();
    await done;
    expect(calls).toEqual(['lag: entries']);
  });

  it('a consumer of the change log does not get the entries that an earlier one failed to handle', async () => {
    const { list, calls } = listOf(
      { name: 'gateway', phase: 'screens', onEntries: () => Promise.reject(new Error('no Redis')) },
      { name: 'lag', phase: 'metrics' },
    );
    await expect(list.onEntries(entries, [])).rejects.toThrow('no Redis');
    expect(calls).toEqual([]);
  });

  it('all consumers of the change log learn of a gap, although one of them fails', async () => {
    const { list, calls } = listOf(
      { name: 'gateway', phase: 'screens', onGap: () => Promise.reject(new Error('no Redis')) },
      { name: 'subscribers', phase: 'subscribers' },
    );
    await expect(list.onGap()).rejects.toThrow('no Redis');
    expect(calls).toEqual(['subscribers: gap']);
  });

  it('all consumers of the change log learn that Redis is away, in their order', () => {
    const { list, calls } = listOf({ name: 'lag', phase: 'metrics' }, { name: 'gateway', phase: 'screens' });
    list.onLost();
    expect(calls).toEqual(['gateway: lost', 'lag: lost']);
  });

  it('a consumer of the change log with a taken name is refused', () => {
    const { list } = listOf({ name: 'lag', phase: 'metrics' });
    expect(() => list.register({ name: 'lag', phase: 'tasks' })).toThrow('has a consumer "lag" already');
  });
});
