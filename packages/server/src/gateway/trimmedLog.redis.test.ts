import { until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { gatewayFixture, watch } from '../../test/fixtures/gatewayFixture.ts';
import { newNamespace } from '../../test/fixtures/rig.ts';
import { keysOf } from '../redis/keys.ts';

const { rig, server } = gatewayFixture();

describe('a gateway that finds the change log trimmed beyond what it has read', () => {
  it('P9: a gateway that missed trimmed entries says that nothing is certain until it has read everything again', async () => {
    const namespace = newNamespace();
    const { connect } = await rig({ namespace });
    const bo = await connect('bo');
    await watch(bo, 'cities/1');
    bo.certainty.length = 0;
    const redis = new Redis(server().url);
    const { log } = keysOf(namespace);
    const step = redis.multi();
    for (let i = 0; i < 300; i++) step.xadd(log, '*', 'kind', 'unknown');
    await step.xtrim(log, 'MAXLEN', 250).exec();
    redis.disconnect();
    await until(() => bo.certainty.length === 2, { what: 'the gap' });
    expect(bo.certainty).toEqual([false, true]);
  });
});
