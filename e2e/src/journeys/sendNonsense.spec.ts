/** Each malformed request gets a clear error, is logged once, and affects nobody else. */
import { expect, test } from '../demo/journey.ts';
import { recordStates } from '../pages/recordStates.ts';
import { send } from '../wire/apiClient.ts';
import { ask, openChannel, type View } from '../wire/liveChannel.ts';
import { askForManyFromPage, openRaw } from '../wire/rawChannel.ts';

const POLAND = '/cities?country=PL';
const WARSAW = 756135;
const LODZ = 3093133;
const FORGED_SECRET = 'F'.repeat(22);

interface Problem {
  type: string;
  status: number;
  code: string;
  detail: string;
}

test('A malformed HTTP request gets a problem that explains it, and one line in the log', async ({
  openAs,
  callAs,
  demo,
}) => {
  const ann = await openAs('ann', POLAND);
  await ann.editRow(WARSAW);
  const dana = await openAs('dana', POLAND);
  const chen = await callAs('chen');
  const viewer = await callAs('dana');
  const watching = await openChannel(demo.url, chen.token);
  const view = await ask<View>(watching, 'watch', { records: [`cities/${WARSAW}`] });
  const leaseOfAnn = view.ok ? view.records[`cities/${WARSAW}`]?.[0] : undefined;
  expect(leaseOfAnn).toMatch(/^\d+$/);
  const edit = { name: 'Łódź', regionId: 'PL.74', population: 1, lat: 0, lon: 0, notes: '' };
  const logged = demo.output().length;

  const refusals: [what: string, answer: Promise<{ status: number; body: Problem }>, Expected][] = [
    [
      'a malformed id',
      chen.send('PUT', '/api/cities/Paris', edit),
      { status: 400, code: 'bad_request', detail: /a city id is a GeoNames id/ },
    ],
    [
      'a malformed lease header',
      chen.send('PUT', `/api/cities/${LODZ}`, edit, { 'Rowlock-Lease': 'open sesame' }),
      { status: 400, code: 'bad_request', detail: /The header Rowlock-Lease is malformed/ },
    ],
    [
      "another's lease with a forged secret",
      chen.send('PUT', `/api/cities/${WARSAW}`, edit, { 'Rowlock-Lease': `${leaseOfAnn}.${FORGED_SECRET}` }),
      { status: 409, code: 'lease_lost', detail: /has ended, or is not yours/ },
    ],
    [
      'nobody signed in',
      send(demo.url, 'PUT', `/api/cities/${LODZ}`, edit),
      { status: 401, code: 'unauthenticated', detail: /missing, forged or expired/ },
    ],
    [
      'a forged token',
      send(demo.url, 'GET', '/rowlock/tasks', undefined, { authorization: `Bearer ${chen.token}x` }),
      { status: 401, code: 'unauthenticated', detail: /Nobody is signed in/ },
    ],
    [
      'a body that is not JSON',
      chen.send('POST', '/api/tasks/normalise-names', '{"input":'),
      { status: 400, code: 'bad_request', detail: /not valid JSON/ },
    ],
    [
      'an unknown task',
      chen.send('POST', '/api/tasks/drop-tables', { input: {} }),
      { status: 404, code: 'not_found', detail: /There is no task drop-tables\. Use one of: / },
    ],
    [
      'a malformed selection',
      chen.send('POST', '/api/tasks/normalise-names', { input: { selection: { ids: ['cities/1'] } } }),
      { status: 400, code: 'bad_request', detail: /a selection is/ },
    ],
    [
      'a launch by a viewer',
      viewer.send('POST', '/api/tasks/normalise-names', { input: { selection: { ids: [LODZ] } } }),
      { status: 403, code: 'forbidden', detail: /may watch, but not launch tasks/ },
    ],
    [
      'a malformed beacon',
      send(demo.url, 'POST', '/rowlock/leases/release', { leases: [{ leaseId: leaseOfAnn }] }),
      { status: 400, code: 'bad_request', detail: /its body is malformed at "leases.0.secret"/ },
    ],
    [
      '100,000 ids from a browser',
      dana.page.evaluate(
        async ({ token, count }) => {
          const ids = Array.from({ length: count }, (_, index) => index + 1);
          const response = await fetch('/api/tasks/normalise-names', {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ input: { selection: { ids } } }),
          });
          return { status: response.status, body: (await response.json()) as Problem };
        },
        { token: chen.token, count: 100_000 },
      ),
      { status: 413, code: 'too_large', detail: /larger than the 262,144 bytes/ },
    ],
  ];
  for (const [what, answer, { status, code, detail }] of refusals) {
    expect(await answer, what).toMatchObject({
      status,
      body: { status, code, type: expect.stringMatching(/^urn:(rowlock|gazetteer):problem:/) },
    });
    expect((await answer).body.detail, what).toMatch(detail);
  }
  await expect
    .poll(() =>
      demo
        .output()
        .slice(logged)
        .match(/refused (GET|POST|PUT) .*/g),
    )
    .toHaveLength(refusals.length);

  await test.step('A beacon with a forged secret releases nothing', async () => {
    const beacon = { leases: [{ leaseId: leaseOfAnn, secret: FORGED_SECRET }] };
    expect((await send(demo.url, 'POST', '/rowlock/leases/release', beacon)).status).toBe(204);
    await expect(dana.badge(WARSAW)).toContainText('Ann Lee is editing');
  });
  await ann.field('Notes').fill('Still mine');
  await ann.saveButton.click();
  await expect(ann.notice).toHaveText('Warsaw saved');
  await expect(dana.badge(WARSAW)).toHaveAttribute('data-kind', 'free');
  watching.disconnect();
});

interface Expected {
  status: number;
  code: string;
  detail: RegExp;
}

test('A malformed message on the live channel gets an error and one line in the log, and the other window stays live', async ({
  openAs,
  callAs,
  demo,
}) => {
  const ann = await openAs('ann', POLAND);
  await ann.editRow(WARSAW);
  const connection = await recordStates(ann.page, '[data-testid="connection"]');
  const chen = await callAs('chen');
  const channel = await openChannel(demo.url, chen.token);
  const view = await ask<View>(channel, 'watch', { records: [`cities/${WARSAW}`] });
  const leaseId = view.ok ? view.records[`cities/${WARSAW}`]?.[0] : undefined;
  const logged = demo.output().length;
  const findLines = (pattern: RegExp) =>
    demo
      .output()
      .slice(logged)
      .split('\n')
      .filter((line) => pattern.test(line));

  await test.step('Each malformed message gets an error', async () => {
    const leaseSecret = { leaseId, secret: FORGED_SECRET };
    const cases: [name: string, message: unknown, code: string, text: RegExp][] = [
      [
        'watch',
        { records: ['Cities/1'] },
        'bad_request',
        /"Cities\/1" is not a record key\. A record key is/,
      ],
      [
        'acquire',
        { records: ['planets/3'] },
        'unknown_resource',
        /The resource "planets" is unknown here\. Use one of: /,
      ],
      [
        'acquire',
        { records: `cities/${LODZ}` },
        'bad_request',
        /The message "acquire" was refused, because it is malformed at "records"/,
      ],
      [
        'unwatch',
        { everything: true },
        'bad_request',
        /The message "unwatch" was refused, because it is malformed/,
      ],
      ['seize', leaseSecret, 'bad_request', /The message "seize" is unknown\. Use one of: watch/],
      ['release', leaseSecret, 'lease_lost', /has ended, or is not yours/],
      ['resume', leaseSecret, 'lease_lost', /has ended, or is not yours/],
    ];
    for (const [name, message, code, text] of cases) {
      // The message is sent twice. It is answered each time and logged once.
      await ask(channel, name, message);
      expect(await ask(channel, name, message)).toMatchObject({
        ok: false,
        error: { code, message: expect.stringMatching(text) },
      });
      await expect.poll(() => findLines(text)).toHaveLength(name === 'resume' ? 2 : 1);
    }
  });

  await test.step('100,000 ids from a browser are refused', async () => {
    const dana = await openAs('dana', POLAND);
    for (const name of ['watch', 'acquire']) {
      const answer = await askForManyFromPage(dana.page, { name, token: chen.token, count: 100_000 });
      expect(answer).toMatchObject({ ok: false, error: { code: 'too_many_records' } });
      expect(answer.error?.message).toContain(`"${name}" named 100000 records; a tab may name at most`);
      await expect.poll(() => findLines(new RegExp(`"${name}" named 100000 records`))).toHaveLength(1);
    }
    await expect(dana.connection).toHaveText('Live');
  });

  await test.step('A malformed or oversized frame ends its own connection', async () => {
    const ended =
      /the connection of chen was ended: what it sent was malformed, or larger than 2097152 bytes/;
    const malformed = await openRaw(demo.url, chen.token);
    malformed.send('42/rowlock,["watch",{"records":');
    await malformed.closed;
    await expect.poll(() => findLines(ended)).toHaveLength(1);
    const oversized = await openRaw(demo.url, chen.token);
    oversized.send(`42/rowlock,["watch",{"records":["cities/${'1'.repeat(3_000_000)}"]}]`);
    expect(await oversized.closed).toBe(1009);
    await expect.poll(() => findLines(ended)).toHaveLength(2);
  });

  await test.step('A connection without a session is refused', async () => {
    await expect(openChannel(demo.url, 'forged.token')).rejects.toMatchObject({
      data: { code: 'unauthenticated', message: expect.stringContaining('Sign in and try again') },
    });
    await expect
      .poll(() => findLines(/a connection from .* was refused: Nobody is signed in/))
      .toHaveLength(1);
  });

  await test.step('The other window has stayed live, and still holds its row', async () => {
    expect((await connection.states()).map(({ value }) => value)).toEqual(['Live']);
    expect(ann.traffic.sockets).toHaveLength(1);
    const acquired = await ask<{ lease: { id: string; secret: string } }>(channel, 'acquire', {
      records: [`cities/${LODZ}`],
    });
    expect(acquired).toMatchObject({ ok: true });
    await expect(ann.badge(LODZ)).toContainText('Chen Wei is editing');
    channel.disconnect();
    await expect(ann.editState).toHaveText('You are editing; others see it.');
    await ann.field('Notes').fill('Undisturbed');
    await ann.saveButton.click();
    await expect(ann.notice).toHaveText('Warsaw saved');
  });
});
