import type { ReleaseAnswered, ReleaseRequested } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, newNamespace } from '../../../test/fixtures/rig.ts';
import type { AuthorizeQuestion } from '../../permissions.ts';

const { rig } = gatewayFixture();
const requestId = 'the-request-of-the-test';

function listen({ socket }: Client) {
  const requests: ReleaseRequested[] = [];
  const answers: ReleaseAnswered[] = [];
  socket.on('releaseRequested', (request: ReleaseRequested) => requests.push(request));
  socket.on('releaseAnswered', (answered: ReleaseAnswered) => answers.push(answered));
  return { requests, answers };
}

const ask = (client: Client, leaseId: string) =>
  client.send('requestRelease', { leaseId, records: ['cities/1'], requestId });

describe('a release request', () => {
  it('the request and its answer travel between two gateways, also to a tab that reconnects to the other', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace }), await rig({ namespace })];
    const [ann, bo] = [await here.connect('ann'), await there.connect('bo')];
    const leaseSecret = await acquire(ann, 'cities/1');
    const { leaseId } = leaseSecret;
    const annHears = listen(ann);
    await ask(bo, leaseId);
    await until(() => annHears.requests.length === 1, { what: 'the request' });
    ann.socket.disconnect();
    const again = await there.connect('ann');
    const againHears = listen(again);
    await again.send('resume', leaseSecret);
    await until(() => againHears.requests.length === 1, { what: 'the request again' });
    bo.socket.disconnect();
    const boAgain = await here.connect('bo');
    const boHears = listen(boAgain);
    expect(await ask(boAgain, leaseId)).toMatchObject({ ok: true, requestId });
    await again.send('answerRelease', { leaseId, requestId, answer: 'refused' });
    await until(() => boHears.answers.length === 1, { what: 'the answer' });
    expect(boHears.answers).toEqual([{ requestId, leaseId, answer: 'refused' }]);
  });

  it('P6: an unanswered request ends nothing, and authorize learns of it at a takeover', async () => {
    const asked: AuthorizeQuestion['releaseRequest'][] = [];
    const { connect } = await rig({
      sessions: { releaseRequestMs: 200 },
      authorize({ action, releaseRequest }) {
        if (action !== 'takeOver') return true;
        asked.push(releaseRequest);
        return releaseRequest === 'unanswered';
      },
    });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const boHears = listen(bo);
    const { leaseId } = await acquire(ann, 'cities/1');
    const takeOver = () => bo.send('takeOver', { records: ['cities/1'], reason: 'Nobody answers' });
    expect(await takeOver()).toMatchObject({ error: { code: 'forbidden' } });
    await ask(bo, leaseId);
    await until(() => boHears.answers.length === 1, { what: 'the end of the time' });
    expect(boHears.answers).toEqual([{ requestId, leaseId, answer: 'unanswered' }]);
    expect(ann.lost).toEqual([]);
    expect(await takeOver()).toMatchObject({ ok: true });
    expect(asked).toEqual([undefined, 'unanswered']);
  });

  it('the end of the lease answers the request, and one user has one open request', async () => {
    const { connect } = await rig();
    const [ann, bo, twin] = [await connect('ann'), await connect('bo'), await connect('bo')];
    const boHears = listen(bo);
    const leaseSecret = await acquire(ann, 'cities/1');
    const { leaseId } = leaseSecret;
    await ask(bo, leaseId);
    const joined = await twin.send('requestRelease', { leaseId, records: ['cities/1'] });
    expect(joined).toMatchObject({ ok: true, requestId });
    await ann.send('release', leaseSecret);
    await until(() => boHears.answers.length === 1, { what: 'the answer' });
    expect(boHears.answers).toEqual([{ requestId, leaseId, answer: 'released' }]);
    expect(await ask(bo, leaseId)).toMatchObject({ ok: true, answer: 'released' });
  });

  it('at most 20 users ask for one lease at once', async () => {
    const { connect } = await rig();
    const { leaseId } = await acquire(await connect('ann'), 'cities/1');
    for (let i = 0; i < 20; i++) {
      const user = await connect(`user-${i}`);
      expect(await user.send('requestRelease', { leaseId, records: ['cities/1'] })).toMatchObject({
        ok: true,
      });
    }
    const late = await connect('late');
    expect(await late.send('requestRelease', { leaseId, records: ['cities/1'] })).toMatchObject({
      error: { code: 'rate_limited' },
    });
  });
});
