/** `describeHolder`: names of holders stay hidden from customers, wherever a holder leaves the server. */
import type { Actor, ClientMessage } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture, sees, watch } from '../../test/fixtures/gatewayFixture.ts';
import { gatedTask } from '../../test/fixtures/rig.ts';
import type { AuthOptions } from '../permissions.ts';

const { rig } = gatewayFixture();

/** Users whose names begin with `customer` see the team and nobody in it. */
const roles = new Map<string, string>();
const auth: Pick<AuthOptions, 'authenticate' | 'describeHolder'> = {
  authenticate({ headers, auth: { token } }) {
    const id = headers.authorization?.replace('Bearer ', '') ?? String(token);
    return { id, name: `Name of ${id}`, role: roles.get(id) ?? id.split('-')[0] };
  },
  describeHolder({ watcher, holder: { label, actor } }) {
    const { role } = watcher as Actor & { role?: string };
    return role === 'customer'
      ? { label: 'Our team', actor: { id: 'team', name: 'Our team' } }
      : { label, actor };
  },
};
const NAME = 'Name of staff-ann';

const mayNotTakeOver =
  (actorId: string): AuthOptions['authorize'] =>
  ({ actor, action }) =>
    action !== 'takeOver' || actor.id !== actorId;

describe('holders that a user sees', () => {
  it('customers see the team instead of names, in views, changes, conflicts, previews, routes and messages of errors', async () => {
    const { task } = gatedTask();
    const { connect, rowlock, fetch } = await rig({ tasks: [task], ...auth });
    const [ann, bo, customer] = [
      await connect('staff-ann'),
      await connect('staff-bo'),
      await connect('customer-1'),
    ];
    await watch(customer, 'cities/1', 'cities/2');
    await watch(bo, 'cities/1');
    await acquire(ann, 'cities/1');
    const actor = { id: 'staff-ann', name: NAME };
    await rowlock.tasks.launch(task, { ids: ['2'], gate: 'a' }, { actor });
    await rowlock.changed(['cities/1'], { actor, by: 'import' });
    await sees(customer, 'cities/1', 1);
    await sees(customer, 'cities/2', 1);
    await until(() => customer.changes.some(({ changed }) => changed), { what: 'the change' });
    await sees(bo, 'cities/1', 1);

    const headers = { authorization: 'Bearer customer-1', 'content-type': 'application/json' };
    const preview = {
      method: 'POST',
      headers,
      body: JSON.stringify({ task: 'gated', input: { ids: ['1', '2'], gate: 'b' } }),
    };
    const version = { ...headers, 'rowlock-version': '1' };
    const seenByCustomer = [
      customer.changes,
      await customer.send('watch', { records: ['cities/1', 'cities/2'], tasks: 'all', since: 1 }),
      await customer.send('acquire', { records: ['cities/1'] }),
      await customer.send('acquire', { records: ['cities/2'] }),
      await (await fetch('/rowlock/locks?records=cities/1&records=cities/2', { headers })).json(),
      await (await fetch('/rowlock/tasks', { headers })).json(),
      await (await fetch('/rowlock/preview', preview)).json(),
      await (await fetch('/cities/1', { method: 'PUT', headers })).json(),
      await (await fetch('/cities/3', { method: 'PUT', headers: version })).json(),
    ];
    expect(seenByCustomer[2]).toMatchObject({ ok: false, error: { code: 'conflict' } });
    for (const seen of seenByCustomer) expect(JSON.stringify(seen)).not.toContain('staff-ann');
    expect(JSON.stringify(seenByCustomer[6])).toContain('Our team');

    expect(JSON.stringify(bo.changes)).toContain(NAME);
    expect(JSON.stringify(await bo.send('acquire', { records: ['cities/1'] }))).toContain(NAME);
    expect(JSON.stringify(await ann.send('watch', { records: ['cities/1'] }))).toContain(NAME);
  });

  it('customers see the team among viewers, in requests and takeovers of their leases, and if theirs are refused', async () => {
    const { connect, fetch } = await rig({ ...auth, authorize: mayNotTakeOver('customer-1') });
    const [ann, customer] = [await connect('staff-ann'), await connect('customer-1')];
    await ann.send('watch', { presence: ['cities/1'] });
    await acquire(ann, 'cities/2');
    const { leaseId } = await acquire(customer, 'cities/1');
    const requested = new Promise((resolve) => customer.socket.once('releaseRequested', resolve));
    await ann.send('requestRelease', { leaseId, records: ['cities/1'] });
    const request = await requested;
    await ann.send('takeOver', { records: ['cities/1'], reason: 'Urgent' });
    await until(() => customer.lost.length === 1, { what: 'the loss of the lease' });
    const looking = await customer.send('watch', { presence: ['cities/1'] });
    const takeOver: ClientMessage<'takeOver'> = { records: ['cities/2'], reason: 'Urgent' };
    const overHttp = await fetch('/rowlock/leases/take-over', {
      method: 'POST',
      headers: {
        authorization: 'Bearer customer-1',
        'content-type': 'application/json',
        'rowlock-session': `customer-session-1.${'s'.repeat(24)}`,
      },
      body: JSON.stringify(takeOver),
    });
    const seenByCustomer = [
      looking,
      request,
      customer.lost,
      await customer.send('takeOver', takeOver),
      await overHttp.json(),
    ];
    for (const seen of seenByCustomer) {
      expect(JSON.stringify(seen)).toContain('Our team');
      expect(JSON.stringify(seen)).not.toContain('staff-');
    }
  });

  it('P15: a user who becomes a customer while connected is sent rows and viewers again, without names', async () => {
    roles.set('staff-cy', 'staff');
    const { connect } = await rig({ ...auth, recheckMs: 400 });
    const [ann, cy] = [await connect('staff-ann'), await connect('staff-cy')];
    await watch(cy, 'cities/1');
    await acquire(ann, 'cities/1');
    await sees(cy, 'cities/1', 1);
    await ann.send('watch', { presence: ['cities/1'] });
    const viewers = await cy.send('watch', { presence: ['cities/1'] });
    expect(JSON.stringify([cy.changes.at(-1)!.leases, viewers])).toMatch(new RegExp(`${NAME}.*${NAME}`));
    roles.set('staff-cy', 'customer');
    await until(
      () => {
        const { leases, viewers } = cy.changes.at(-1)!;
        return [leases[0]?.holder.actor, viewers?.['cities/1']?.actors[0]].every(
          (actor) => actor?.id === 'team',
        );
      },
      { what: 'the team' },
    );
  });
});
