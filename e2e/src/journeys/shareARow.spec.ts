/** Two users want the same row: one waits, asks or takes over, and the other sees it. */
import { expect, test } from '../demo/journey.ts';
import { GazetteerWindow } from '../pages/GazetteerWindow.ts';

const ITALY = '/cities?country=IT';
const NAPLES = 3172394;
const PALERMO = 2523920;
const BARI = 3182351;
const VERONA = 3164527;
const EDITING = 'You are editing; others see it.';

const button = ({ drawer }: GazetteerWindow, name: string) =>
  drawer.getByRole('button', { name, exact: true });

test('A user who waits for a row gets it when it is free', async ({ openAs }) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(NAPLES);
  await bo.openRow(NAPLES);
  await button(bo, 'Wait').click();
  await expect(bo.drawer).toContainText('You are next.');
  await ann.drawer.getByTestId('drawer-close').click();
  await expect(bo.editState).toHaveText(EDITING);
  await expect(ann.badge(NAPLES)).toContainText('Bo Novak is editing');
});

test('A user who is asked for a row saves and releases it, and the other edits it', async ({
  openAs,
  callAs,
}) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(PALERMO);
  await ann.field('Notes').fill('Typed before the question');
  await bo.openRow(PALERMO);
  await button(bo, 'Ask Ann Lee').click();
  await bo.modal.getByRole('textbox').fill('Two minutes?');
  await bo.modal.getByRole('button', { name: 'Send' }).click();

  await expect(ann.drawer).toContainText('Bo Novak asks for Palermo');
  await expect(ann.drawer).toContainText('Two minutes?');
  await button(ann, 'Save and release').click();
  await expect(ann.notice).toHaveText('Palermo saved');
  expect((await (await callAs('bo')).city(PALERMO)).notes).toBe('Typed before the question');
  await expect(bo.editState).toHaveText(EDITING);
  await expect(bo.field('Notes')).toHaveValue('Typed before the question');
});

test('A user who loses a row to a takeover sees who and why, and keeps what was typed', async ({
  openAs,
}) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await bo.editRow(BARI);
  await bo.field('Notes').fill('Typed by Bo');
  await ann.openRow(BARI);
  await ann.explain();
  await ann.modal.getByRole('button', { name: 'Take over…' }).click();
  await ann.modal.getByRole('textbox').fill('Urgent correction');
  await ann.modal.getByRole('button', { name: 'Take over', exact: true }).click();
  await expect(ann.editState).toHaveText(EDITING);
  await expect(bo.drawer).toContainText('Urgent correction');
  await expect(bo.field('Notes')).toHaveValue('Typed by Bo');
  await expect(bo.saveButton).toBeDisabled();
});

test('A user continues in their second tab', async ({ openAs }) => {
  const first = await openAs('ann', ITALY);
  const second = new GazetteerWindow(await first.page.context().newPage());
  await second.signInAs('ann', ITALY);
  await first.editRow(VERONA);
  await second.openRow(VERONA);
  await button(second, 'Edit here instead').click();
  await expect(second.editState).toHaveText(EDITING);
  await expect(first.editState).not.toHaveText(EDITING);
});
