/** A page of 1,000 rows renders those in view, and works by keyboard as a page of 50 does. */
import { expect, test } from '../demo/journey.ts';

const ROME = 3169070;
const MILAN = 3173435;

test('A user walks through 1,000 rows by keyboard, and the badges of rows in view are live', async ({
  openAs,
}) => {
  const ann = await openAs('ann', '/cities?country=IT');
  const bo = await openAs('bo', '/cities?country=IT');
  const { page } = ann;
  const rows = page.locator('tr[data-row-id]');
  await page.getByTestId('page-size').selectOption('1000');
  await expect(page.getByTestId('total')).toHaveText('1–1,000 of 9,940 cities');
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '1001');
  expect(await rows.count()).toBeLessThan(100);

  await test.step('End goes to the last row, and the first is one key away', async () => {
    await ann.row(ROME).focus();
    await page.keyboard.press('End');
    await expect(page.locator('tr[aria-rowindex="1001"]')).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(page.locator('tr[aria-rowindex="1000"]')).toBeFocused();
    await page.keyboard.press('Space');
    await expect(page.getByTestId('selected-count')).toHaveText('1 selected');
    await page.keyboard.press('Home');
    await expect(ann.row(ROME)).toBeFocused();
  });

  await test.step('The focused row stays where Tab finds it when it is scrolled away', async () => {
    await page.locator('.tableScroll').evaluate((list) => list.scrollTo(0, list.scrollHeight / 2));
    await expect(page.locator('tr[aria-rowindex="500"]')).toBeVisible();
    await expect(ann.row(ROME)).toHaveAttribute('tabindex', '0');
    await page.keyboard.press('ArrowDown');
    await expect(ann.row(MILAN)).toBeFocused();
  });

  await test.step('A box pressed with Shift selects all rows in between', async () => {
    const boxes = page.locator('td.col-select input');
    await boxes.nth(1).click();
    await boxes.nth(5).click({ modifiers: ['Shift'] });
    await expect(page.getByTestId('selected-count')).toHaveText('6 selected');
  });

  await bo.editRow(MILAN);
  await expect(ann.badge(MILAN)).toContainText('Bo Novak is editing');
});
