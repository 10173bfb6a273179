import { describe, expect, it } from 'vitest';
import { asSeen, type SeenViewer, WatchedViewers } from './watchedViewers.ts';

const viewer = (id: string, sessionId = `tab-${id}`, gateway = 'g1'): SeenViewer => ({
  gateway,
  sessionId,
  actor: { id, name: id.toUpperCase() },
});

describe('the viewers of a record', () => {
  it('the viewers are seen by name, each user once, without the session that asks', () => {
    const viewers = [viewer('bo'), viewer('ann'), viewer('bo', 'other tab'), viewer('chen')];
    expect(asSeen(viewers, 'tab-chen')).toEqual({
      actors: [
        { id: 'ann', name: 'ANN' },
        { id: 'bo', name: 'BO' },
      ],
      count: 2,
    });
    expect(asSeen(viewers, 'tab-bo').count).toBe(3);
  });

  it('the viewers beyond twenty are counted, and not named', () => {
    const viewers = Array.from({ length: 30 }, (_, i) => viewer(`user-${i}`));
    const seen = asSeen(viewers, 'nobody');
    expect([seen.actors.length, seen.count]).toEqual([20, 30]);
  });
});

describe('watched viewers', () => {
  it('viewers are known until the last watcher of the record has left', () => {
    const watched = new WatchedViewers<string>();
    watched.watch(['cities/1'], 'a');
    watched.watch(['cities/1', 'cities/2'], 'b');
    expect(watched.set('cities/1', [viewer('ann')])).toEqual([]);
    expect(watched.unwatch(['cities/1', 'cities/2'], 'a')).toEqual(['cities/1']);
    expect(watched.isKnown('cities/1')).toBe(true);
    watched.unwatch(['cities/1'], 'b');
    expect([watched.isKnown('cities/1'), watched.has('cities/1'), watched.isAnyWatched]).toEqual([
      false,
      false,
      true,
    ]);
    watched.set('cities/1', [viewer('ann')]);
    expect(watched.isKnown('cities/1')).toBe(false);
  });

  it('records are found by the gateways of their viewers', () => {
    const watched = new WatchedViewers<string>();
    watched.watch(['cities/1', 'cities/2'], 'a');
    watched.set('cities/1', [viewer('ann', 'x', 'g1'), viewer('bo', 'y', 'g2')]);
    watched.set('cities/2', [viewer('ann', 'x', 'g1')]);
    expect(watched.gateways().sort()).toEqual(['g1', 'g2']);
    expect(watched.recordsOn(['g2', 'g3'])).toEqual(['cities/1']);
  });
});
