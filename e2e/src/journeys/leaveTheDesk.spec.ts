/** A user leaves a form open and goes away. */
import { expect, test } from '../demo/journey.ts';

const ITALY = '/cities?country=IT';
const CATANIA = 2525068;
const NAPLES = 3172394;
const EDITING = 'You are editing; others see it.';

test.use({ idle: { warnMs: 3_000, releaseMs: 9_000 } });

test('A user who is away is warned, and loses the row, but not what was typed', async ({ openAs }) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(CATANIA);
  await ann.field('Notes').fill('Typed before the call');
  const warning = ann.page.getByText('Are you still there?', { exact: true });
  await expect(warning).toBeVisible({ timeout: 8_000 });
  await expect(bo.badge(CATANIA)).toHaveAttribute('data-kind', 'free', { timeout: 15_000 });
  await expect(ann.field('Notes')).toHaveValue('Typed before the call');
  await expect(ann.editState).not.toHaveText(EDITING);
  await bo.editRow(CATANIA);
});

test('A user who is still there keeps the row', async ({ openAs }) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(NAPLES);
  const warning = ann.page.getByText('Are you still there?', { exact: true });
  await expect(warning).toBeVisible({ timeout: 8_000 });
  // Any sign of life counts, also the way of the pointer to the button.
  await ann.page.mouse.move(300, 300);
  await expect(warning).toBeHidden();
  await expect(ann.editState).toHaveText(EDITING);
  await expect(bo.badge(NAPLES)).toContainText('Ann Lee is editing');
});
