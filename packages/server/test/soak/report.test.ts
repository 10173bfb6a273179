import { expect, test } from 'vitest';
import { checkHistory } from '../faults/locks/checkHistory.ts';
import type { Operation } from '../faults/locks/history.ts';
import { emptyReport, inWords, withRound } from './report.ts';
import type { Round } from './round.ts';

const acquired = (client: string, leaseId: string, beginMs: number): Operation => ({
  verb: 'acquire',
  client,
  beginMs,
  endMs: beginMs + 1,
  holderId: `${client}:1`,
  records: ['cities/1'],
  mode: 'exclusive',
  scope: 'record',
  onConflict: 'wait',
  answer: { kind: 'acquired', leaseId, fence: leaseId, skipped: [] },
});
const certain = (client: string, leaseId: string, atMs: number): Operation => ({
  verb: 'certain',
  client,
  leaseId,
  atMs,
});
const roundOf = (history: Operation[]): Round => ({
  seed: 8,
  appendonly: 'no',
  injected: ['killRedis', 'cut', 'killRedis'],
  history,
  violations: checkHistory(history, (record) => [record]),
});

test('a report without violations counts operations and faults', () => {
  const report = withRound(emptyReport(7, 4), roundOf([acquired('a', '1', 0), certain('a', '1', 5)]), '');
  expect(report).toMatchObject({
    rounds: 1,
    operations: 1,
    acquired: 1,
    waits: 1,
    faults: { killRedis: 2, cut: 1 },
  });
  expect(inWords(report)).toContain('faults      3: cut 1, killRedis 2');
  expect(inWords(report)).toMatch(/violations {2}0$/);
});

test('a violation is reported with the operations on its leases, and with the file of the history', () => {
  const history = [
    acquired('a', '1', 10),
    certain('a', '1', 30),
    acquired('b', '2', 20),
    certain('b', '2', 40),
    acquired('c', '3', 25),
  ].map((one) =>
    one.verb === 'acquire' && one.client === 'c' ? { ...one, records: ['cities/9' as const] } : one,
  );
  const text = inWords(withRound(emptyReport(7, 4), roundOf(history), '/tmp/history.jsonl'));
  expect(text).toContain('violations  1');
  expect(text).toContain('Violation of exclusion: b held cities/1 by lease 2');
  expect(text).toContain('round seed 8; the whole history: /tmp/history.jsonl');
  expect(text.split('\n').filter((line) => line.startsWith('  | '))).toHaveLength(4);
  expect(text).not.toContain('client c');
});
