/** Others see who edits a row. The row is freed when the tab is closed, and stays locked over a reload. */
import { expect, test } from '../demo/journey.ts';
import { badgeSelector } from '../pages/GazetteerWindow.ts';
import { recordStates } from '../pages/recordStates.ts';
import { watchHolder } from '../wire/liveChannel.ts';

const ITALY = '/cities?country=IT';
const ROME = 3169070;
const MILAN = 3173435;
const TURIN = 3165524;

test('Others who read a row see who edits it, cannot edit it, and get its new values', async ({ openAs }) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await expect(bo.badgesOfKind('free')).toHaveCount(50);

  await ann.editRow(ROME);
  await expect(ann.badge(ROME)).toHaveText('You are editing');
  await expect(bo.badge(ROME)).toHaveText(/Ann Lee is editing$/);
  await expect(bo.badge(ROME).getByRole('img')).toHaveAccessibleName(
    'Ann Lee is editing this row (Edit Rome).',
  );

  await bo.openRow(ROME);
  await expect(bo.readOnly).toHaveText('Read only: Ann Lee is editing this.');
  await expect(bo.field('Notes')).not.toBeEditable();
  await expect(bo.modal).toHaveCount(0);
  await bo.explain();
  await expect(bo.modal.getByRole('heading', { level: 2 })).toHaveText('Rome is being changed');
  await expect(bo.modal.getByRole('heading', { level: 3 })).toHaveText('Ann Lee is editing');
  await bo.modal.getByRole('button', { name: 'Close' }).click();

  await ann.field('Notes').fill('Capital of Italy');
  await ann.saveButton.click();
  await expect(ann.notice).toHaveText('Rome saved');
  await expect(bo.field('Notes')).toHaveValue('Capital of Italy');
  await expect(bo.badge(ROME)).toHaveAttribute('data-kind', 'free');

  // Bo only read so far. The first keystroke locks the row.
  await bo.field('Notes').pressSequentially('!');
  await expect(bo.editState).toHaveText('You are editing; others see it.');
  await expect(ann.badge(ROME)).toContainText('Bo Novak is editing');
});

test('A row is free within 10 s after its tab is closed', async ({ openAs }, testInfo) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(MILAN);
  await expect(bo.badge(MILAN)).toContainText('Ann Lee is editing');
  const badge = await recordStates(bo.page, badgeSelector(MILAN), 'data-kind');

  const closedAtMs = Date.now();
  await ann.page.close({ runBeforeUnload: false });
  await expect(bo.badge(MILAN)).toHaveAttribute('data-kind', 'free', { timeout: 11_000 });

  const states = await badge.states();
  expect(states.map(({ value }) => value)).toEqual(['person', 'free']);
  const delayMs = states[1]!.atMs - closedAtMs;
  testInfo.annotations.push({ type: 'freed after', description: `${delayMs} ms` });
  expect(delayMs).toBeLessThan(10_000);
  await bo.editRow(MILAN);
});

test('A tab holds its row without a gap over a reload, and its form can still save', async ({
  openAs,
  demo,
  callAs,
}, testInfo) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(TURIN);
  await ann.field('Notes').fill('Typed before the reload');
  await expect(bo.badge(TURIN)).toContainText('Ann Lee is editing');
  const badge = await recordStates(bo.page, badgeSelector(TURIN), 'data-kind');
  const holder = await watchHolder(demo.url, (await callAs('bo')).token, TURIN);

  const reloadedAtMs = Date.now();
  await ann.page.reload();
  await expect(ann.editState).toHaveText('You are editing; others see it.');
  testInfo.annotations.push({ type: 'editable again after', description: `${Date.now() - reloadedAtMs} ms` });
  await expect(ann.field('Notes')).toHaveValue('Typed before the reload');
  await expect(ann.drawer).toContainText('Your unsaved edits of this row are still here.');

  // The disconnect grace of the reloaded tab ends 5 s after the reload. Ann must still hold the row then.
  await expect.poll(() => Date.now() - reloadedAtMs, { timeout: 9_000 }).toBeGreaterThan(6_500);
  expect((await badge.states()).map(({ value }) => value)).toEqual(['person']);
  expect(new Set(holder.seen)).toEqual(new Set(['ann']));

  await ann.saveButton.click();
  await expect(ann.notice).toHaveText('Turin saved');
  await expect(bo.badge(TURIN)).toHaveAttribute('data-kind', 'free');
  expect((await (await callAs('bo')).city(TURIN)).notes).toBe('Typed before the reload');
  expect(holder.seen.at(-1)).toBe('free');
  holder.close();
});
