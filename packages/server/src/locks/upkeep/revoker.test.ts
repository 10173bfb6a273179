import type { LeaseView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import { REVOKE_LIMIT_MS } from './beforeRevoke.ts';
import { createRevoker, LATE_PAUSE_MS } from './revoker.ts';

const why = { reason: 'expired' } as const;
const leaseOf = (id: string): LeaseView => ({
  id,
  holder: { type: 'person', id: 'tab', label: 'Form', actor: { id: 'ann', name: 'Ann' } },
  mode: 'exclusive',
  since: 0,
  recordCount: 1,
});

/** An application that answers when the test allows it: at once, unless it is slow about a lease. */
function openRevoker(...slow: string[]) {
  const clock = handClock();
  const asked: string[] = [];
  const ended: string[] = [];
  const refused: string[] = [];
  const answers = new Map<string, () => void>();
  const revoker = createRevoker({
    beforeRevoke({ id }) {
      asked.push(id);
      if (slow.includes(id)) return new Promise((resolve) => answers.set(id, resolve));
    },
    clock,
    logger: { info() {}, warn() {}, error() {} },
  });
  const ending = (id: string, isDue = () => true) => ({
    lease: leaseOf(id),
    why,
    isDue,
    end: async () => void ended.push(id),
    onRefused: (error: unknown) => void refused.push(`${id}: ${(error as Error).message}`),
  });
  const begin = (...ids: string[]) => void revoker.end(ids.map((id) => ending(id)));
  return { revoker, clock, asked, ended, refused, answers, ending, begin };
}

describe('a call of beforeRevoke', () => {
  it('a call of beforeRevoke answers as the application does', async () => {
    const { revoker } = openRevoker();
    await revoker.ask(leaseOf('1'), why);
    const strict = createRevoker({
      beforeRevoke() {
        throw new Error('the database is away');
      },
      clock: handClock(),
      logger: { info() {}, warn() {}, error() {} },
    });
    await expect(strict.ask(leaseOf('1'), why)).rejects.toThrow('the database is away');
  });

  it('a call of beforeRevoke fails if the application does not answer in time', async () => {
    const { revoker, clock } = openRevoker('1');
    const answer = revoker.ask(leaseOf('1'), why);
    answer.catch(() => {});
    clock.turn(REVOKE_LIMIT_MS);
    await expect(answer).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not answered within 10000 ms'),
    });
  });
});

describe('a lease that is to end', () => {
  it('a lease ends when the application has answered, whatever happens to another lease', async () => {
    const { revoker, clock, ended, refused, ending, answers } = openRevoker('slow', 'silent');
    const looked = revoker.end([ending('silent'), ending('slow'), ending('quick')]);
    await until(() => ended.includes('quick'));
    clock.turn(500);
    await looked;
    answers.get('slow')?.();
    await until(() => ended.includes('slow'));
    clock.turn(REVOKE_LIMIT_MS);
    await until(() => refused.length === 1);
    expect(refused).toEqual([
      expect.stringContaining("silent: The application's beforeRevoke has not answered"),
    ]);
    expect(ended).toEqual(['quick', 'slow']);
  });

  it('a lease is asked about once, however many checks see it meanwhile', async () => {
    const { begin, asked, ended, answers } = openRevoker('1');
    for (let look = 0; look < 3; look++) begin('1');
    await until(() => answers.has('1'));
    answers.get('1')?.();
    await until(() => ended.length === 1);
    expect(asked).toEqual(['1']);
  });

  it('a lease is asked about again at the next check if the application has thrown', async () => {
    const clock = handClock();
    let calls = 0;
    const revoker = createRevoker({
      beforeRevoke() {
        calls += 1;
        if (calls === 1) throw new Error('the database is away');
      },
      clock,
      logger: { info() {}, warn() {}, error() {} },
    });
    const ended: string[] = [];
    const end = async () => void ended.push('1');
    const ending = { lease: leaseOf('1'), why, isDue: () => true, end };
    await revoker.end([ending]);
    expect(ended).toEqual([]);
    await revoker.end([ending]);
    expect(ended).toEqual(['1']);
  });

  it('a lease is asked about again half a minute after an answer that did not come', async () => {
    const { begin, asked, refused, clock } = openRevoker('1');
    begin('1');
    await until(() => asked.length === 1);
    clock.turn(REVOKE_LIMIT_MS);
    await until(() => refused.length === 1);
    clock.turn(LATE_PAUSE_MS - 1);
    begin('1');
    expect(asked).toEqual(['1']);
    clock.turn(1);
    begin('1');
    await until(() => asked.length === 2);
  });

  it('a lease is asked about again at once after a late answer, which ends nothing', async () => {
    const { begin, asked, ended, refused, clock, answers } = openRevoker('1');
    begin('1');
    await until(() => asked.length === 1);
    clock.turn(REVOKE_LIMIT_MS);
    await until(() => refused.length === 1);
    answers.get('1')?.();
    await until(() => {
      begin('1');
      return asked.length === 2;
    });
    expect(ended).toEqual([]);
    answers.get('1')?.();
    await until(() => ended.length === 1);
  });

  it('a lease is not asked about if its holder has returned while other leases had their turn', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `${i}`);
    const { revoker, begin, asked, ended, ending, answers } = openRevoker(...ids);
    begin(...ids);
    await until(() => asked.length === 50);
    let isDue = true;
    void revoker.end([ending('next', () => isDue), ending('last')]);
    isDue = false;
    expect(asked).toEqual(ids);
    answers.get('7')?.();
    await until(() => ended.includes('last'));
    expect(asked).toEqual([...ids, 'last']);
  });
});

describe('closing', () => {
  it('a closing revoker waits for the calls in progress, and makes no more', async () => {
    const { revoker, begin, asked, ended, answers } = openRevoker('1');
    begin('1');
    await until(() => answers.has('1'));
    const closed = revoker.close();
    begin('2');
    await expect(revoker.ask(leaseOf('3'), why)).rejects.toThrow('This process is closing');
    answers.get('1')?.();
    await closed;
    expect({ asked, ended }).toEqual({ asked: ['1'], ended: ['1'] });
  });

  it('a closing revoker waits no longer than 3 s, and then ends nothing', async () => {
    const { revoker, begin, asked, ended, answers, clock } = openRevoker('1');
    begin('1');
    const answer = revoker.ask(leaseOf('1'), { reason: 'taken over' });
    answer.catch(() => {});
    await until(() => asked.length === 2);
    const closed = revoker.close();
    clock.turn(3_000);
    await closed;
    await expect(answer).rejects.toThrow('This process is closing');
    answers.get('1')?.();
    expect(ended).toEqual([]);
  });
});
