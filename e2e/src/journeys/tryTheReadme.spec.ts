/** The example in the README runs: the journey extracts its two blocks, starts them and uses the page. */

import { expect, test } from '@playwright/test';
import { startRedis } from '@rowlock/test-utils';
import { type RunningExample, runExample } from '../readme/buildExample.ts';
import { ask, openChannel } from '../wire/liveChannel.ts';

test('The example of the README locks its row, saves under its lease, and shows when somebody else holds the row', async ({
  page,
}) => {
  const redis = await startRedis();
  let example: RunningExample | undefined;
  try {
    example = await runExample(redis.url);
    const { serverUrl, pageUrl } = example;
    const save = page.getByRole('button', { name: 'Save' });
    const badge = page.locator('.rowlock-badge');

    await page.goto(`${pageUrl}?user=Ann`);
    await expect(save).toBeEnabled();
    await expect(badge).toHaveAttribute('data-kind', 'held');
    await expect(page.getByRole('textbox')).toHaveValue('Paris');
    const saved = page.waitForResponse((response) => response.url().endsWith('/cities/7'));
    await save.click();
    expect(await (await saved).json()).toEqual({ saved: true });

    const headers = { authorization: 'Bo' };
    const refused = await fetch(`${serverUrl}/cities/7`, { method: 'PUT', headers });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: 'conflict',
      conflicts: [{ lease: { holder: { label: 'Edit city 7', actor: { name: 'Ann' } } } }],
    });

    // Ann leaves. Then Bo acquires the row with another client before she returns.
    await page.goto('about:blank');
    const bo = await openChannel(serverUrl, 'Bo');
    await expect.poll(async () => (await ask(bo, 'acquire', { records: ['cities/7'] })).ok).toBe(true);
    await page.goto(`${pageUrl}?user=Ann`);
    await expect(badge).toHaveAttribute('data-kind', 'person');
    await expect(badge.getByRole('img')).toHaveAccessibleName('Bo is editing this row.');
    await expect(page.getByRole('dialog')).toContainText('Bo is editing');
    await expect(save).toBeDisabled();
    bo.disconnect();
  } finally {
    await example?.stop();
    await redis.stop();
  }
});
