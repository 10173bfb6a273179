import { expect, test } from 'vitest';
import { readPanReport } from './panReport.mjs';

// A report of pan, shortened.
const COMPLETE = `warning: never claim + accept labels requires -a flag to fully verify
pan: ltl formula exclusion

(Spin Version 6.5.2 -- 6 December 2019)
	+ Partial Order Reduction

Full statespace search for:
	never claim         	+ (exclusion)

State-vector 132 byte, depth reached 123, errors: 0
  1061894 states, stored
  1498420 states, matched

unreached in proctype Holder
	(0 of 76 states)
unreached in proctype Heart
	lease.pml:146, state 9, "-end-"
	(1 of 9 states)
unreached in init
	(0 of 15 states)
unreached in claim exclusion
	_spin_nvr.tmp:8, state 10, "-end-"
	(1 of 10 states)

pan: elapsed time 1.91 seconds
pan: rate 835109.42 states/second`;

const withLine = (line) =>
  COMPLETE.replace('pan: ltl formula exclusion', `pan: ltl formula exclusion\n${line}`);
const refutedBy = (line) => withLine(line).replace('errors: 0', 'errors: 1');

test('a complete search that refutes nothing is a proof', () => {
  expect(readPanReport(COMPLETE)).toEqual({ found: 'none', states: 1061894, what: '' });
});

test('a state that refutes the property is an error', () => {
  const line = 'pan:1: assertion violated  !( !((rowValue==updates))) (at depth 26)';
  expect(readPanReport(`${refutedBy(line)}\nWarning: Search not completed`)).toMatchObject({
    found: 'error',
    what: expect.stringContaining('rowValue==updates'),
  });
});

test('an endless run that refutes the property is an error', () => {
  const line = 'pan:1: acceptance cycle (at depth 35)';
  expect(readPanReport(refutedBy(line))).toMatchObject({ found: 'error' });
});

test.each([
  'error: max search depth too small',
  'pan: reached -DMEMLIM bound',
  'Time limit of      5 minutes exceeded',
  'Warning: Search not completed',
  'pan: error: too many processes -- current max is 6 procs (-DNFAIR=2)',
])('a search that was cut short is no proof: %s', (line) => {
  expect(readPanReport(withLine(line))).toMatchObject({ found: 'unfinished', what: line });
});

test('an error in the model itself is no refutation', () => {
  const line = 'pan:1: block in d_step seq (at depth 12)';
  expect(readPanReport(refutedBy(line))).toMatchObject({ found: 'unfinished', what: line });
});

test('a search is unfinished if no run takes some step', () => {
  const report = COMPLETE.replace(
    '\t(0 of 76 states)',
    '\tlease.pml:82, state 13, "read = rowValue"\n\t(1 of 76 states)',
  );
  expect(readPanReport(report)).toMatchObject({
    found: 'unfinished',
    what: expect.stringContaining('lease.pml:82'),
  });
});

test('a checker that prints nothing proves nothing', () => {
  expect(readPanReport('')).toEqual({
    found: 'unfinished',
    states: 0,
    what: 'the checker has printed nothing',
  });
});
