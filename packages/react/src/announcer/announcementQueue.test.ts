import { describe, expect, it } from 'vitest';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { AnnouncementQueue } from './announcementQueue.ts';

function createQueue() {
  const clock = createTurnableClock();
  const spoken: { atMs: number; text: string }[] = [];
  const begunMs = clock.monotonicMs();
  const queue = new AnnouncementQueue({
    clock,
    speak: (text) => void spoken.push({ atMs: clock.monotonicMs() - begunMs, text }),
  });
  return { clock, queue, spoken, getTexts: () => spoken.map(({ text }) => text) };
}

describe('The announcements of a page', () => {
  it('P17: 20 tasks that change 4 times a second make at most one announcement in 5 s', async () => {
    const { clock, queue, spoken } = createQueue();
    for (let step = 0; step < 240; step += 1) {
      for (let task = 0; task < 20; task += 1) queue.announce(`Task ${task}: ${step} %`, { key: `${task}` });
      await clock.turn(250);
    }
    expect(spoken.length).toBeGreaterThan(5);
    expect(spoken.length).toBeLessThanOrEqual(13);
    const gapsMs = spoken.slice(1).map(({ atMs }, index) => atMs - spoken[index]!.atMs);
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(5_000);
  });

  it('Texts that come together are said together, as sentences', async () => {
    const { clock, queue, getTexts } = createQueue();
    queue.announce('Export: Done');
    queue.announce('Paris is free.');
    await clock.turn(100);
    expect(getTexts()).toEqual(['Export: Done. Paris is free.']);
  });

  it('A newer text on the same subject replaces the one that was not said', async () => {
    const { clock, queue, getTexts } = createQueue();
    queue.announce('Export: Running');
    await clock.turn(100);
    queue.announce('Export: 25 %', { key: 'export' });
    queue.announce('Export: 50 %', { key: 'export' });
    await clock.turn(5_000);
    expect(getTexts()).toEqual(['Export: Running', 'Export: 50 %']);
  });

  it('A text that arrives after a quiet time is said at once', async () => {
    const { clock, queue, spoken } = createQueue();
    queue.announce('First');
    await clock.turn(60_000);
    queue.announce('Second');
    await clock.turn(100);
    expect(spoken.map(({ atMs }) => atMs)).toEqual([100, 60_100]);
  });

  it('Texts that cannot be said in time are dropped, the oldest first', async () => {
    const { clock, queue, getTexts } = createQueue();
    for (let index = 1; index <= 20; index += 1) queue.announce(`${index}`);
    await clock.turn(60_000);
    expect(getTexts()).toEqual(['9. 10. 11.', '12. 13. 14.', '15. 16. 17.', '18. 19. 20.']);
  });

  it('An empty text is not said', async () => {
    const { clock, queue, getTexts } = createQueue();
    queue.announce('');
    await clock.turn(10_000);
    expect(getTexts()).toEqual([]);
  });
});
