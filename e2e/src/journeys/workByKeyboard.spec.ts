/** Work by keyboard alone, and one person in two tabs. */
import { expect, test } from '../demo/journey.ts';
import { GazetteerWindow } from '../pages/GazetteerWindow.ts';

const BERLIN = 2950159;
const HAMBURG = 2911298;
const MUNICH = 2867714;

test('A user signs in, finds a row, edits and saves it, and leaves a form without a mouse', async ({
  browser,
  demo,
  callAs,
}) => {
  const context = await browser.newContext({ baseURL: demo.url });
  const ann = new GazetteerWindow(await context.newPage());
  const { page } = ann;
  const press = (key: string) => page.keyboard.press(key);

  await page.goto('/cities?country=DE');
  await expect(page.getByTestId('sign-in-ann')).toBeVisible();
  await press('Tab');
  await expect(page.getByTestId('sign-in-ann')).toBeFocused();
  await press('Enter');
  await expect(ann.badgesOfKind('free')).toHaveCount(50);

  await test.step('The focus moves from the top of the page to the second row', async () => {
    await press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the list' })).toBeFocused();
    await press('Enter');
    await expect(page.locator('#main')).toBeFocused();
    const first = ann.row(BERLIN);
    for (
      let tabs = 0;
      tabs < 20 && !(await first.evaluate((row) => row === document.activeElement));
      tabs++
    ) {
      await press('Tab');
    }
    await expect(first).toBeFocused();
    await press('ArrowDown');
    await expect(ann.row(HAMBURG)).toBeFocused();
  });

  await test.step('Enter opens the form, and Enter in a field saves it', async () => {
    await press('Enter');
    await expect(ann.drawer.getByRole('heading', { name: 'Hamburg' })).toBeFocused();
    await expect(ann.editState).toContainText('Nobody is editing this row.');
    await press('Tab'); // Close
    await press('Tab'); // Edit
    await press('Tab');
    await expect(ann.field('Name')).toBeFocused();
    await press('Tab');
    await press('Tab');
    await expect(ann.field('Population')).toBeFocused();
    await press('ControlOrMeta+A');
    await page.keyboard.type('1,850,000');
    await expect(ann.editState).toHaveText('You are editing; others see it.');
    await press('Enter');
    await expect(ann.notice).toHaveText('Hamburg saved');
    await expect(ann.drawer).toBeHidden();
    await expect(ann.row(HAMBURG)).toBeFocused();
    await expect(ann.cell(HAMBURG, 'population')).toHaveText('1,850,000');
    expect((await (await callAs('bo')).city(HAMBURG)).population).toBe(1_850_000);
  });

  await test.step('Escape closes a form, keeps the edits and releases the row', async () => {
    await press('Enter');
    await ann.field('Notes').focus();
    await page.keyboard.type('Half a thought');
    await expect(ann.editState).toHaveText('You are editing; others see it.');
    await press('Escape');
    await expect(ann.drawer).toBeHidden();
    await expect(ann.row(HAMBURG)).toBeFocused();
    await expect(ann.badge(HAMBURG)).toHaveAttribute('data-kind', 'free');
    await press('Enter');
    await expect(ann.field('Notes')).toHaveValue('Half a thought');
  });
  await context.close();
});

test('The focus returns to the button after the dialog of a task, or to the table if the bar is gone', async ({
  openAs,
}) => {
  const ann = await openAs('ann', '/cities?country=AD');
  const { page } = ann;
  const press = (key: string) => page.keyboard.press(key);
  const launcher = page.getByTestId('bulk-export-csv');
  const dialog = page.getByTestId('launch-dialog');
  await expect(ann.badgesOfKind('free').first()).toBeVisible();
  const [firstId] = await ann.rowIds();
  const first = ann.row(firstId!);
  const openDialog = async () => {
    await first.press('Space');
    await launcher.press('Enter');
    await expect(dialog).toBeVisible();
  };

  await test.step('Escape returns the focus to the button', async () => {
    await openDialog();
    await press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(launcher).toBeFocused();
  });

  await test.step('Clear selection returns the focus to the table', async () => {
    await page.getByRole('button', { name: 'Clear selection' }).press('Enter');
    await expect(first).toBeFocused();
  });

  await test.step('Start returns the focus to the table', async () => {
    await openDialog();
    await page.getByTestId('launch-start').press('Enter');
    await expect(dialog).toHaveCount(0);
    await expect(first).toBeFocused();
  });

  await test.step('Continue with the free rows returns the focus to the table', async () => {
    const bo = await openAs('bo', '/cities?country=AD');
    await expect(bo.badge(firstId!)).toHaveAttribute('data-kind', 'free');
    await bo.editRow(firstId!);
    await page.getByTestId('select-page').check();
    await launcher.press('Enter');
    await page.getByTestId('launch-start').press('Enter');
    await expect(ann.modal.getByRole('button', { name: 'Close' })).toBeFocused();
    await ann.modal.getByRole('button', { name: /^Continue with/ }).press('Enter');
    await expect(ann.modal).toHaveCount(0);
    await expect(first).toBeFocused();
  });
});

test('A second tab shows that the other tab of the same person holds the row, and edits it after the release', async ({
  openAs,
}) => {
  const first = await openAs('ann', '/cities?country=DE');
  const second = new GazetteerWindow(await first.page.context().newPage());
  await second.signInAs('ann', '/cities?country=DE');

  await first.editRow(MUNICH);
  await expect(second.badge(MUNICH)).toContainText('You, in another tab');
  await second.openRow(MUNICH);
  await expect(second.readOnly).toHaveText('Read only: you are editing this in another tab.');
  await expect(second.modal).toHaveCount(0);
  await expect(second.drawer.getByRole('alert')).toHaveCount(0);

  await first.drawer.getByTestId('drawer-close').click();
  await expect(second.editState).toContainText('Nobody is editing this row.');
  await second.field('Notes').fill('Continued in the second tab');
  await expect(second.editState).toHaveText('You are editing; others see it.');
});
