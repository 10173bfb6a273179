/** The result of a soak run, in numbers and in words. */
import type { Violation } from '../faults/locks/checkHistory.ts';
import type { FaultName } from '../faults/locks/faults.ts';
import { beginOf, endOf, type Operation } from '../faults/locks/history.ts';
import type { Round } from './round.ts';

interface Found extends Violation {
  /** The seed of the round, which repeats its faults */
  roundSeed: number;
  historyFile: string;
  /** The operations on the leases involved at that time, one a line */
  excerpt: readonly string[];
}

export interface Report {
  seed: number;
  clients: number;
  seconds: number;
  rounds: number;
  operations: number;
  acquired: number;
  refusals: number;
  /** Requests with `onConflict: 'wait'` */
  waits: number;
  /** Writes of counters under a lock, and writes that a fence has refused */
  writes: number;
  fenced: number;
  /** Calls whose answer was lost, and calls that were refused because of a lost lease or the restart grace */
  unanswered: number;
  denied: number;
  faults: Partial<Record<FaultName, number>>;
  violations: Found[];
}

export const emptyReport = (seed: number, clients: number): Report => ({
  seed,
  clients,
  seconds: 0,
  rounds: 0,
  operations: 0,
  acquired: 0,
  refusals: 0,
  waits: 0,
  writes: 0,
  fenced: 0,
  unanswered: 0,
  denied: 0,
  faults: {},
  violations: [],
});

/** The report with one more round in it. `historyFile` contains the round's history, if it was kept. */
export function withRound(report: Report, round: Round, historyFile: string): Report {
  const calls = round.history.filter((one) => 'answer' in one);
  const answered = (kind: string) => calls.filter(({ answer }) => answer.kind === kind).length;
  const writes = round.history.filter((one) => one.verb === 'write');
  const faults = { ...report.faults };
  for (const name of round.injected) faults[name] = (faults[name] ?? 0) + 1;
  const found = round.violations.map((violation) => ({
    ...violation,
    roundSeed: round.seed,
    historyFile,
    excerpt: excerptOf(round.history, violation),
  }));
  return {
    ...report,
    rounds: report.rounds + 1,
    operations: report.operations + calls.length,
    acquired:
      report.acquired +
      calls.filter((one) => one.verb === 'acquire' && one.answer.kind === 'acquired').length,
    refusals: report.refusals + answered('refused'),
    waits: report.waits + calls.filter((one) => one.verb === 'acquire' && one.onConflict === 'wait').length,
    writes: report.writes + writes.filter(({ answer }) => answer.kind === 'done').length,
    fenced: report.fenced + answered('fenced'),
    unanswered: report.unanswered + answered('unanswered'),
    denied: report.denied + answered('denied'),
    faults,
    violations: [...report.violations, ...found],
  };
}

const MAX_LINES = 30;

/** The operations under the leases of a violation, with the restarts and kills at that time, in the order of their begin. */
function excerptOf(history: readonly Operation[], violation: Violation): string[] {
  const { leaseIds, fromMs, untilMs } = violation;
  const isAbout = (one: Operation): boolean => {
    if (one.verb === 'restart' || one.verb === 'killed') return true;
    if ('leaseId' in one) return leaseIds.includes(one.leaseId);
    if (one.verb === 'write') return violation.rule === 'lost updates';
    if (one.answer.kind === 'acquired') return leaseIds.includes(one.answer.leaseId);
    return (
      one.answer.kind === 'refused' && one.answer.named.some(({ leaseId }) => leaseIds.includes(leaseId))
    );
  };
  const lines = history
    .filter((one) => isAbout(one) && endOf(one) >= fromMs && beginOf(one) <= untilMs)
    .toSorted((a, b) => beginOf(a) - beginOf(b))
    .map((one) => lineOf(one, fromMs));
  if (lines.length <= MAX_LINES) return lines;
  const half = MAX_LINES / 2;
  return [...lines.slice(0, half), `… ${lines.length - MAX_LINES} more`, ...lines.slice(-half)];
}

function lineOf(one: Operation, zeroMs: number): string {
  const { verb, ...rest } = one;
  const when =
    'atMs' in one
      ? (one.atMs - zeroMs).toFixed(1)
      : `${(one.beginMs - zeroMs).toFixed(1)} to ${(one.endMs - zeroMs).toFixed(1)}`;
  const shown = Object.entries(rest)
    .filter(([key]) => !['atMs', 'beginMs', 'endMs'].includes(key))
    .map(([key, value]) => `${key} ${shorten(value)}`);
  return `${when} ms: ${verb} ${shown.join(', ')}`;
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

export function inWords(report: Report): string {
  const { faults, violations } = report;
  const injected = Object.entries(faults).toSorted(([a], [b]) => a.localeCompare(b));
  const total = injected.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    `Lock soak: ${report.clients} clients, ${report.rounds} rounds, ${Math.round(report.seconds)} s, seed ${report.seed}`,
    '',
    `  operations  ${report.operations}`,
    `  acquired    ${report.acquired}`,
    `  refusals    ${report.refusals}`,
    `  waits       ${report.waits}`,
    `  writes      ${report.writes}, and ${report.fenced} refused by a fence`,
    `  unanswered  ${report.unanswered}`,
    `  denied      ${report.denied} (the lease was lost, or Redis was in its restart grace)`,
    `  faults      ${total}${total > 0 ? `: ${injected.map(([name, count]) => `${name} ${count}`).join(', ')}` : ''}`,
    `  violations  ${violations.length}`,
  ];
  for (const { rule, message, roundSeed, historyFile, excerpt } of violations) {
    lines.push(
      '',
      `Violation of ${rule}: ${message}`,
      `  round seed ${roundSeed}; the whole history: ${historyFile}`,
    );
    lines.push(...excerpt.map((line) => `  | ${line}`));
  }
  return lines.join('\n');
}
