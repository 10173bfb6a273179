import { DEFAULT_LIMITS } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gatewayFixture, watch } from '../../../test/fixtures/gatewayFixture.ts';

const { rig } = gatewayFixture();

describe('a malformed message', () => {
  it('a malformed message gets a clear error, is logged once, and breaks nothing', async () => {
    const { connect, logged } = await rig();
    const ann = await connect('ann');
    const codeOf = async (name: string, ...args: unknown[]) => (await ann.sendRaw(name, ...args)).error?.code;
    expect(await codeOf('watch', { records: ['Cities/1'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['cities/'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['cities/*'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['planets/1'] })).toBe('unknown_resource');
    expect(await codeOf('watch', { records: 'cities/1' })).toBe('bad_request');
    expect(await codeOf('watch', 'cities/1')).toBe('bad_request');
    expect(await codeOf('watch', { records: [], extra: 1 })).toBe('bad_request');
    expect(await codeOf('acquire')).toBe('bad_request');
    expect(await codeOf('acquire', { records: ['cities/1'], mode: 'greedy' })).toBe('bad_request');
    expect(await codeOf('__proto__', {})).toBe('bad_request');
    expect(await codeOf('release', { leaseId: 'abc', secret: 'x' })).toBe('bad_request');
    const refusals = logged.filter((line) => line.includes('refused "watch"'));
    expect(refusals).toHaveLength(2);
    expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('a malformed key is refused with an example of a correct key', async () => {
    const { connect } = await rig();
    const { error } = await (await connect('ann')).sendRaw('watch', { records: ['Paris'] });
    expect(error?.message).toContain('"Paris" is not a record key. A record key is "<resource>/<id>"');
  });

  it('a message with 100,000 ids is refused by their number, and the session continues', async () => {
    const { connect } = await rig();
    const ann = await connect('ann');
    const records = Array.from({ length: 100_000 }, (_, i) => `cities/${1_000_000 + i}`);
    expect((await ann.sendRaw('acquire', { records })).error?.code).toBe('too_many_records');
    expect((await ann.sendRaw('watch', { records })).error?.code).toBe('too_many_records');
    expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('a message that is larger than allowed ends its connection alone, and is logged', async () => {
    const { connect, logged } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
    ann.socket.emit('watch', { records: ['x'.repeat(DEFAULT_LIMITS.messageBytes + 1)] });
    await gone;
    await until(() => logged.some((line) => line.includes('larger than')), { what: 'the log line' });
    expect((await watch(bo, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('a packet that cannot be decoded ends its connection, and is logged', async () => {
    const { connect, logged } = await rig();
    const chen = await connect('chen');
    chen.socket.io.engine.write('2/rowlock,["watch",{"records":');
    const ended =
      'the connection of chen was ended: what it sent was malformed, or larger than 2097152 bytes';
    await until(() => logged.includes(ended), { what: 'the malformed packet in the log' });
  });
});
