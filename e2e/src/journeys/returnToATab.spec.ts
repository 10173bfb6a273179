/** A tab that holds a row loses its network, or stands beside a tab of another user. */
import { expect, test } from '../demo/journey.ts';
import { GazetteerWindow } from '../pages/GazetteerWindow.ts';
import { layCable } from '../wire/cuttableCable.ts';

const ITALY = '/cities?country=IT';
const MILAN = 3173435;
const TURIN = 3165524;
const EDITING = 'You are editing; others see it.';
/** The disconnect grace is 5 s. */
const WITHIN_SECONDS = { timeout: 9_000 };

test('Offline and back: a tab that returns late shows who holds its row, and keeps what was typed', async ({
  openAs,
  demo,
}) => {
  const cable = await layCable(demo.url);
  const ann = await openAs('ann', ITALY, cable.url);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(MILAN);
  await ann.field('Notes').fill('Typed before the cut');

  cable.cut();
  await ann.page.context().setOffline(true);
  await expect(ann.editState).toContainText('Not certain that you still hold this row.');
  await expect(bo.badge(MILAN)).toHaveAttribute('data-kind', 'free', WITHIN_SECONDS);
  await bo.editRow(MILAN);

  cable.mend();
  await ann.page.context().setOffline(false);
  await expect(ann.connection).toHaveText('Live', WITHIN_SECONDS);
  await expect(ann.readOnly).toHaveText('Read only: Bo Novak is editing this.');
  await expect(ann.field('Notes')).toHaveValue('Typed before the cut');
  await expect(ann.saveButton).toBeDisabled();
  await cable.close();
});

test('Two users in two tabs of one profile: each sees the other as the holder, and never themselves', async ({
  openAs,
}) => {
  const ann = await openAs('ann', ITALY);
  const bo = new GazetteerWindow(await ann.page.context().newPage());
  await bo.signInAs('bo', ITALY);
  await ann.editRow(TURIN);
  await expect(bo.badge(TURIN)).toContainText('Ann Lee is editing');
  await bo.openRow(TURIN);
  await expect(bo.readOnly).toHaveText('Read only: Ann Lee is editing this.');

  await ann.drawer.getByTestId('drawer-close').click();
  await expect(bo.editState).toContainText('Nobody is editing this row.', WITHIN_SECONDS);
  await bo.drawer.getByTestId('edit').click();
  await expect(bo.editState).toHaveText(EDITING);
  await expect(ann.badge(TURIN)).toContainText('Bo Novak is editing');
});
