import { expect, test } from 'vitest';
import { goodLiveReport } from './goodLiveReport.ts';
import { judgeLive } from './liveBars.ts';
import { LIVE_CASES } from './livePlan.ts';
import { liveTables } from './liveTables.ts';

const tablesOf = (report = goodLiveReport()) => liveTables(report, judgeLive(report, LIVE_CASES));

test('liveTables shows a table for each part, and one for the bars', () => {
  const text = tablesOf();
  expect(text.match(/^### /gm)).toHaveLength(LIVE_CASES.length + 1);
  expect(text).toMatch(/\| rowlock +\| +50 \| +900 \| 1\.25 × \|/);
  expect(text).toContain('A bulk lock on 5,000 screens, of which 4,000 show locked rows');
});

test('liveTables leaves out a part that did not run', () => {
  expect(tablesOf({ ...goodLiveReport(), memory: null })).not.toContain('### Memory');
});

test('liveTables says how many polls failed', () => {
  const report = goodLiveReport();
  expect(tablesOf(report)).not.toContain('failed');
  expect(tablesOf({ ...report, polling: { ...report.polling!, failedPolls: 12 } })).toContain(
    '12 polls failed.',
  );
});

test('liveTables says why fewer screens were connected', () => {
  expect(tablesOf({ ...goodLiveReport(), limitedBy: '768 of 5000 screens were connected.' })).toContain(
    '768 of 5000 screens',
  );
});
