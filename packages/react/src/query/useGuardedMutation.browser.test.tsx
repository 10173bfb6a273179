import { LEASE_HEADER, problemOf, SESSION_HEADER, VERSION_HEADER } from '@rowlock/protocol';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { type Draft, useDraft } from '../hooks/useDraft.ts';
import { type TaskLock, useTaskLock } from '../hooks/useTaskLock.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import type { GuardedMutation, StaleFailure } from './guardedMutation.ts';
import type { SaveContext } from './saveRequest.ts';
import { useGuardedMutation } from './useGuardedMutation.ts';

interface City {
  name: string;
  region: string;
}
const paris: City = { name: 'Paris', region: 'IDF' };
const typed: City = { ...paris, name: 'Lutetia' };

/** One answer of the route to each request, in order, and what it was asked. */
interface Route {
  answers: (() => Promise<Response>)[];
  requests: (SaveContext & { city: City })[];
}
const answer = (body: object, { status = 200, version = 0 } = {}) => {
  const headers = { 'Content-Type': 'application/json', ...(version && { [VERSION_HEADER]: `${version}` }) };
  return () => Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
};
const refuse = (error: Parameters<typeof problemOf>[0]) => {
  const problem = problemOf(error);
  return answer(problem, { status: problem.status });
};
const stale = refuse({ code: 'stale', message: 'Bo has changed Paris.', version: 9, changes: [] });
const unavailable = refuse({ code: 'unavailable', message: 'Locks cannot be checked.' });
const noAnswer = () => Promise.reject(new TypeError('Failed to fetch'));

interface Seen {
  save: GuardedMutation<unknown, City>;
  lock: TaskLock<number>;
  draft: Draft<City>;
  stale: StaleFailure[];
  saved: unknown[];
}

interface FormProps {
  route: Route;
  seen: Seen;
  /** The row as it was loaded, for a form with a draft */
  loaded?: { city: City; version: number };
}

function Form({ route, seen, loaded }: FormProps) {
  const lock = useTaskLock([1], { resource: 'cities', hold: true });
  const draft = useDraft(undefined, loaded?.city ?? paris, { version: loaded?.version });
  const save = useGuardedMutation({
    lock,
    ...(loaded ? { draft } : { version: 5 }),
    mutationFn: (city: City, context) => {
      route.requests.push({ ...context, city });
      const next = route.answers.shift();
      return next ? next() : Promise.reject(new Error('An unexpected request.'));
    },
    onSuccess: (data, { version }) => seen.saved.push({ data, version }),
    onStale: (failure) => seen.stale.push(failure),
  });
  Object.assign(seen, { lock, draft, save });
  return <output data-testid="state">{`${lock.status} ${save.failure?.kind ?? 'no failure'}`}</output>;
}

async function openForm(answers: Route['answers'], loaded?: FormProps['loaded']) {
  const route: Route = { answers, requests: [] };
  const seen = { stale: [], saved: [] } as unknown as Seen;
  const queryClient = new QueryClient();
  const form = (next: FormProps['loaded']) => (
    <QueryClientProvider client={queryClient}>
      <Form route={route} seen={seen} {...(next && { loaded: next })} />
    </QueryClientProvider>
  );
  const { screen, rerender, ...rest } = await renderWithRowlock(form(loaded));
  await expect.element(screen.getByTestId('state')).toHaveTextContent('held no failure');
  return { ...rest, route, seen, screen, load: (next: FormProps['loaded']) => rerender(form(next)) };
}

describe('useGuardedMutation', () => {
  it('A save proves the lock and names the version of its data', async () => {
    const { route, seen } = await openForm([answer(typed, { version: 7 })]);
    const outcome = await seen.save.mutate(typed);
    expect(outcome).toEqual({ ok: true, data: typed, version: 7 });
    expect(route.requests[0]?.headers).toMatchObject({
      [LEASE_HEADER]: expect.any(String),
      [SESSION_HEADER]: expect.any(String),
      [VERSION_HEADER]: '5',
    });
    expect(seen.saved).toEqual([{ data: typed, version: 7 }]);
    await expect.poll(() => seen.save.isSuccess).toBe(true);
  });

  it('A double click saves once', async () => {
    const { route, seen } = await openForm([answer(typed)]);
    const [first, second] = await Promise.all([seen.save.mutate(typed), seen.save.mutate(typed)]);
    expect(first).toBe(second);
    expect(route.requests).toHaveLength(1);
  });

  it('A conflict is for the dialog that explains it', async () => {
    const { seen } = await openForm([
      refuse({ code: 'conflict', message: 'Bo is editing Paris.', conflicts: [] }),
    ]);
    await seen.save.mutate(typed);
    await expect.poll(() => seen.save.conflict?.detail).toBe('Bo is editing Paris.');
    expect(seen.save.refusal).toBe(seen.save.conflict);
    expect(seen.save.stale).toBeUndefined();
    seen.save.dismiss();
    await expect.poll(() => seen.save.refusal).toBeUndefined();
  });

  it.each([400, 403, 413])('The refusal %d is for the dialog too', async (status) => {
    const { seen } = await openForm([answer({ detail: 'No.' }, { status })]);
    await seen.save.mutate(typed);
    await expect.poll(() => seen.save.refusal).toMatchObject({ status, detail: 'No.' });
    expect(seen.save.conflict).toBeUndefined();
  });

  it('P16: After a refusal as stale, mine is kept on the first try', async () => {
    const { route, seen } = await openForm([stale, answer(typed, { version: 10 })]);
    await seen.save.mutate(typed);
    await expect.poll(() => seen.save.stale).toMatchObject({ version: 9, changes: [] });
    expect(seen.save.refusal).toBeUndefined();
    expect(seen.stale).toHaveLength(1);
    expect(await seen.save.keepMine()).toMatchObject({ ok: true, version: 10 });
    expect(route.requests[1]).toMatchObject({ city: typed, headers: { [VERSION_HEADER]: '9' } });
  });

  it('A save without an answer may have happened, and is sent again as the same save', async () => {
    const { route, seen } = await openForm([noAnswer, answer(typed)]);
    await seen.save.mutate(typed);
    await expect.poll(() => seen.save.uncertain).toContain('may have been saved');
    expect(seen.save.refusal).toBeUndefined();
    await expect
      .poll(() => document.querySelector('[data-rowlock-announcer]')?.textContent)
      .toBe(seen.save.uncertain);
    await seen.save.mutate(typed);
    expect(route.requests[1]?.idempotencyKey).toBe(route.requests[0]?.idempotencyKey);
    await expect.poll(() => seen.save.uncertain).toBeUndefined();
  });

  it('Other values are another save', async () => {
    const { route, seen } = await openForm([noAnswer, answer(typed), answer(typed)]);
    await seen.save.mutate(typed);
    await seen.save.mutate(paris);
    await seen.save.mutate(paris);
    expect(new Set(route.requests.map((request) => request.idempotencyKey)).size).toBe(3);
  });

  it('A save is repeated when the connection is live again, if it was not possible before', async () => {
    const { route, seen, transport } = await openForm([unavailable, answer(typed)]);
    await seen.save.mutate(typed);
    await expect.poll(() => seen.save.refusal?.code).toBe('unavailable');
    transport.disconnect();
    seen.save.retryWhenPossible();
    await expect.poll(() => seen.save.isWaiting).toBe(true);
    expect(route.requests).toHaveLength(1);
    transport.reconnect();
    await expect.poll(() => seen.save.isSuccess, { timeout: 5_000 }).toBe(true);
    expect(seen.save.isWaiting).toBe(false);
    expect(route.requests[1]?.idempotencyKey).toBe(route.requests[0]?.idempotencyKey);
  });

  it('A user can stop waiting', async () => {
    const { seen, transport } = await openForm([unavailable]);
    await seen.save.mutate(typed);
    transport.disconnect();
    seen.save.retryWhenPossible();
    await expect.poll(() => seen.save.isWaiting).toBe(true);
    seen.save.stopWaiting();
    await expect.poll(() => seen.save.isWaiting).toBe(false);
  });

  it('A save settles the draft of the form', async () => {
    const { route, seen } = await openForm([answer(typed, { version: 7 })], { city: paris, version: 5 });
    seen.draft.setField('name', 'Lutetia');
    await expect.poll(() => seen.draft.isDirty).toBe(true);
    await seen.save.mutate(seen.draft.values);
    expect(route.requests[0]).toMatchObject({ city: typed, version: 5 });
    await expect.poll(() => seen.draft.isDirty).toBe(false);
    expect(seen.draft).toMatchObject({ values: typed, version: 7 });
  });

  it('A save continues by itself after the row was loaded again, if the edits fit on it', async () => {
    const { route, seen, load } = await openForm([stale, answer(typed)], { city: paris, version: 5 });
    seen.draft.setField('name', 'Lutetia');
    await expect.poll(() => seen.draft.isDirty).toBe(true);
    await seen.save.mutate(seen.draft.values);
    await load({ city: { ...paris, region: 'Île-de-France' }, version: 9 });
    await expect.poll(() => seen.save.isSuccess).toBe(true);
    expect(route.requests[1]).toMatchObject({
      city: { name: 'Lutetia', region: 'Île-de-France' },
      version: 9,
    });
  });

  it('A save waits for the user if both have changed a field', async () => {
    const { route, seen, load } = await openForm([stale, answer(typed)], { city: paris, version: 5 });
    seen.draft.setField('name', 'Lutetia');
    await expect.poll(() => seen.draft.isDirty).toBe(true);
    await seen.save.mutate(seen.draft.values);
    await load({ city: { name: 'PARIS', region: 'Île-de-France' }, version: 9 });
    await expect.poll(() => seen.draft.hasOpenConflicts).toBe(true);
    expect(route.requests).toHaveLength(1);
    expect(await seen.save.keepMine()).toMatchObject({ ok: true });
    expect(route.requests[1]).toMatchObject({
      city: { name: 'Lutetia', region: 'Île-de-France' },
      version: 9,
    });
  });
});
