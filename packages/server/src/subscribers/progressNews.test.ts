import { describe, expect, it } from 'vitest';
import { createProgressNews } from './progressNews.ts';

describe('news of progress', () => {
  it('progress is due at once, and then at most once a second for each task', () => {
    const news = createProgressNews();
    news.note('a', 0);
    news.note('a', 1);
    expect(news.due(5_000)).toEqual([{ taskId: 'a', at: 1 }]);
    news.take('a', 5_000);
    expect(news.due(5_000)).toEqual([]);
    expect(news.untilNextMs(5_000)).toBeUndefined();

    news.note('a', 1);
    news.note('b', 1);
    expect(news.due(5_400)).toEqual([{ taskId: 'b', at: 1 }]);
    news.take('b', 5_400);
    expect(news.untilNextMs(5_400)).toBe(600);
    expect(news.due(6_000)).toEqual([{ taskId: 'a', at: 1 }]);
  });

  it('progress remains due until it is taken', () => {
    const news = createProgressNews();
    news.note('a', 1);
    expect(news.due(0)).toEqual([{ taskId: 'a', at: 1 }]);
    expect(news.due(10)).toEqual([{ taskId: 'a', at: 1 }]);
    expect(news.untilNextMs(10)).toBe(0);
  });
});
