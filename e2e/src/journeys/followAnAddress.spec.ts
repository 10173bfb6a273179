/** The address of a page is all of its place: for bookmarks, a reload, the Back button, and links. */
import { expect, test } from '../demo/journey.ts';

const ROME = 3169070;

test('An address opens its list, its page and its form, and Back returns to each place before', async ({
  openAs,
}) => {
  const ann = await openAs('ann', `/cities?country=IT&q=roma&row=${ROME}`);
  const { page } = ann;
  const search = page.getByTestId('search');

  await test.step('A bookmark opens the filtered list and the form', async () => {
    await expect(page.getByTestId('filter-country')).toHaveValue('IT');
    await expect(search).toHaveValue('roma');
    await expect(ann.drawer.getByRole('heading', { name: 'Rome' })).toBeVisible();
    await ann.drawer.getByTestId('drawer-close').click();
    await expect(page).toHaveURL(/\/cities\?country=IT&q=roma$/);
  });

  await test.step('A page of another filter survives a reload, and Back returns to the filter before', async () => {
    await page.getByTestId('filter-country').selectOption('FR');
    await search.fill('');
    await expect(page.getByTestId('total')).toHaveText('1–50 of 8,836 cities');
    await page.getByRole('button', { name: 'Next page' }).click();
    await expect(page.getByTestId('total')).toHaveText('51–100 of 8,836 cities');
    await page.reload();
    await expect(page.getByTestId('total')).toHaveText('51–100 of 8,836 cities');
    await page.goBack();
    await expect(page.getByTestId('total')).toHaveText('1–50 of 8,836 cities');
    await page.goBack();
    await expect(page.getByTestId('filter-country')).toHaveValue('IT');
    await expect(search).toHaveValue('roma');
  });

  await test.step('The search of one page is not the search of another', async () => {
    await page.getByRole('link', { name: 'Countries' }).click();
    await expect(page).toHaveURL(/\/countries$/);
    await expect(page.getByRole('link', { name: 'Countries' })).toHaveAttribute('aria-current', 'page');
    await expect(search).toHaveValue('');
    await search.fill('monaco');
    await page.locator('tr[data-row-id="MC"]').getByRole('link').click();
    await expect(page).toHaveURL(/\/cities\?country=MC$/);
    await expect(search).toHaveValue('');
  });
});

test('The start page is the list of cities, and an unknown address says so', async ({ openAs }) => {
  const ann = await openAs('ann', '/?country=MC');
  await expect(ann.page).toHaveURL(/\/cities\?country=MC$/);
  await ann.page.goto('/villages');
  await expect(ann.page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  await expect(ann.connection).toHaveText('Live');
});
