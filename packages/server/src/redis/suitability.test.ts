import { describe, expect, it } from 'vitest';
import { judgeRedis } from './suitability.ts';

const info = (fields: Record<string, string>) =>
  ['# Server', ...Object.entries(fields).map(([name, value]) => `${name}:${value}`)].join('\r\n');

describe('a Redis is judged by its INFO', () => {
  it.each(['6.2.0', '6.2.14', '7.0.15', '7.2.4', '8.0.0', '10.1.0'])('Redis %s is new enough', (version) => {
    expect(judgeRedis(info({ redis_version: version, maxmemory_policy: 'noeviction' }))).toEqual({
      warnings: [],
    });
  });

  it.each(['2.8.24', '5.0.14', '6.0.20'])(
    'Redis %s is too old, and the refusal names the needed version',
    (version) => {
      const { refusal } = judgeRedis(info({ redis_version: version }));
      expect(refusal).toContain(`This Redis is ${version}, and Rowlock needs 6.2 or newer`);
    },
  );

  it('a server without a version is refused', () => {
    expect(judgeRedis('').refusal).toContain('of an unknown version');
  });

  it.each(['allkeys-lru', 'volatile-ttl'])(
    'an eviction policy of %s gets a warning, since it may delete locks',
    (policy) => {
      const { warnings, refusal } = judgeRedis(info({ redis_version: '7.0.15', maxmemory_policy: policy }));
      expect(refusal).toBeUndefined();
      expect(warnings).toEqual([expect.stringContaining(`maxmemory-policy is "${policy}"`)]);
    },
  );

  it('a server without a policy is accepted', () => {
    expect(judgeRedis(info({ redis_version: '7.0.15' }))).toEqual({ warnings: [] });
  });
});
