import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { shownState } from './shownState.ts';

const task = (more: Partial<TaskView>) =>
  ({ state: 'running', hasWorker: true, cancelRequested: false, ...more }) as TaskView;

describe('the state of a run', () => {
  it("is the table's where the live channel knows no more", () => {
    expect(shownState('running', task({}))).toBe('running');
    expect(shownState('running', undefined)).toBe('running');
  });

  it('says that nobody works on it, and at once that it is being cancelled', () => {
    expect(shownState('running', task({ hasWorker: false }))).toBe('no-worker');
    expect(shownState('queued', task({ state: 'queued', hasWorker: false }))).toBe('no-worker');
    expect(shownState('running', task({ cancelRequested: true }))).toBe('cancelling');
    expect(shownState('running', task({ cancelRequested: true, hasWorker: false }))).toBe('cancelling');
  });

  it('says that its queue is paused', () => {
    expect(shownState('queued', task({ state: 'queued', isPaused: true }))).toBe('paused');
    expect(shownState('queued', task({ state: 'queued', isPaused: true, cancelRequested: true }))).toBe(
      'cancelling',
    );
  });

  it('says none of that once either knows its end', () => {
    expect(shownState('cancelled', task({ cancelRequested: true }))).toBe('cancelled');
    expect(shownState('unknown', task({ hasWorker: false }))).toBe('unknown');
    expect(shownState('running', task({ state: 'cancelled', cancelRequested: true }))).toBe('running');
  });
});
