/** Promise P13: no live event discards what a user has typed, and the form shows what happened to its row. */
import { expect, test } from '../demo/journey.ts';
import { layCable } from '../wire/cuttableCable.ts';

const SPAIN = '/cities?country=ES';
const SEVILLE = 2510911;
const BILBAO = 3128026;

test('Edits survive a lost connection and a task that changed their row meanwhile', async ({
  openAs,
  callAs,
  demo,
}) => {
  const cable = await layCable(demo.url);
  const bo = await openAs('bo', SPAIN, cable.url);
  const ann = await callAs('ann');
  await bo.editRow(SEVILLE);
  await bo.field('Notes').fill('Typed by Bo');
  await bo.field('Population').fill('700000');

  await test.step('A task acquires the row while Bo is disconnected for longer than the disconnect grace', async () => {
    cable.cut();
    await expect(bo.connection).toContainText('Reconnecting…');
    await expect(bo.editState).toContainText('Not certain that you still hold this row.');
    const launch = () =>
      ann.send<{ id: string }>('POST', '/api/tasks/set-fields', {
        input: { selection: { filter: { country: 'ES' } }, set: { notes: 'Set by a task' } },
      });
    await expect.poll(async () => (await launch()).status, { timeout: 15_000 }).toBe(202);
  });

  await test.step('The form shows who holds the row after the reconnect, and keeps the edits', async () => {
    cable.mend();
    await expect(bo.connection).toHaveText('Live');
    await expect(bo.readOnly).toHaveText('Read only: Set notes · Spain is changing this.');
    await expect(bo.field('Notes')).toHaveValue('Typed by Bo');
    await expect(bo.field('Population')).toHaveValue('700000');
  });

  await test.step('The form shows at the end of the task that the row has changed, and keeps the edits', async () => {
    await expect(bo.stale).toContainText('Set by a task', { timeout: 20_000 });
    // The task still has to change the rest of Spain.
    await expect(bo.editState).toHaveText('You are editing; others see it.', { timeout: 20_000 });
    await expect(bo.stale).toContainText('A task of Ann Lee has changed Sevilla');
    await expect(bo.field('Notes')).toHaveValue('Typed by Bo');
    await expect(bo.saveButton).toBeDisabled();
  });

  await test.step('Bo keeps the edits and saves them', async () => {
    await bo.stale.getByRole('button', { name: 'Keep all mine' }).click();
    await bo.saveButton.click();
    await expect(bo.notice).toHaveText('Sevilla saved');
    expect(await ann.city(SEVILLE)).toMatchObject({
      notes: 'Typed by Bo',
      population: 700_000,
      updatedBy: 'Bo Novak',
    });
  });
  await expect(bo.badge(SEVILLE)).toHaveAttribute('data-kind', 'free');
  await cable.close();
});

test('A form that is opened again shows its edits, read-only while a task holds the row', async ({
  openAs,
  callAs,
}) => {
  const bo = await openAs('bo', SPAIN);
  await bo.editRow(BILBAO);
  await bo.field('Notes').fill('Not yet saved');
  await bo.drawer.getByRole('button', { name: 'Close, keep edits' }).click();
  await expect(bo.drawer).toBeHidden();

  const ann = await callAs('ann');
  const launch = () =>
    ann.send('POST', '/api/tasks/normalise-names', {
      input: { selection: { filter: { country: 'ES', minPopulation: 1_500 } } },
    });
  await expect.poll(async () => (await launch()).status).toBe(202);
  await expect(bo.badge(BILBAO)).toHaveAttribute('data-kind', 'task');
  await bo.openRow(BILBAO);
  await expect(bo.readOnly).toContainText('Normalise names');
  await expect(bo.field('Notes')).toHaveValue('Not yet saved');
  await expect(bo.field('Notes')).not.toBeEditable();
  // The task changes another field, so both changes fit.
  await expect(bo.drawer).toContainText('ASCII nameBilbao', { timeout: 20_000 });
  await expect(bo.stale).toHaveCount(0);
  await expect(bo.field('Notes')).toHaveValue('Not yet saved');
  await bo.drawer.getByTestId('edit').click();
  await bo.saveButton.click();
  await expect(bo.notice).toHaveText('Bilbao saved');
  expect(await ann.city(BILBAO)).toMatchObject({ notes: 'Not yet saved', normalisedName: 'Bilbao' });
});
