import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { shownState } from './shownState.ts';

const task = (more: Partial<TaskView>) =>
  ({ state: 'running', hasWorker: true, cancelRequested: false, ...more }) as TaskView;

describe('the state of a run', () => {
  it('The state of a run is that of the table if the live channel knows no more', () => {
    expect(shownState('running', task({}))).toBe('running');
    expect(shownState('running', undefined)).toBe('running');
  });

  it('The state of a run shows a missing worker, and a cancel at once', () => {
    expect(shownState('running', task({ hasWorker: false }))).toBe('no-worker');
    expect(shownState('queued', task({ state: 'queued', hasWorker: false }))).toBe('no-worker');
    expect(shownState('running', task({ cancelRequested: true }))).toBe('cancelling');
    expect(shownState('running', task({ cancelRequested: true, hasWorker: false }))).toBe('cancelling');
  });

  it('The state of a run shows a paused queue', () => {
    expect(shownState('queued', task({ state: 'queued', isPaused: true }))).toBe('paused');
    expect(shownState('queued', task({ state: 'queued', isPaused: true, cancelRequested: true }))).toBe(
      'cancelling',
    );
  });

  it('The state of a run is final when the table or the channel knows its end', () => {
    expect(shownState('cancelled', task({ cancelRequested: true }))).toBe('cancelled');
    expect(shownState('unknown', task({ hasWorker: false }))).toBe('unknown');
    expect(shownState('running', task({ state: 'cancelled', cancelRequested: true }))).toBe('running');
  });
});
