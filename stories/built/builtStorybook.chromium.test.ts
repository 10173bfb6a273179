import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuiltStorybook, openBuiltStorybook } from './builtStorybook.ts';

let outDir: string;
let storybook: BuiltStorybook;
beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'rowlock-storybook-'));
  storybook = await openBuiltStorybook(outDir);
}, 180_000);
afterAll(async () => {
  await storybook?.close();
  await rm(outDir, { recursive: true });
});

async function open(id: string, globals?: string) {
  const page = await storybook.browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(storybook.getUrl(id, globals));
  return { page, problems };
}

it('The built Storybook has a start page, guides, and a page for each component', () => {
  const pages = Object.values(storybook.index).filter(({ type }) => type === 'docs');
  const titles = pages.map(({ title }) => title);
  expect(titles).toEqual(
    expect.arrayContaining(['Introduction', 'Guides/Edit form', 'Components/LockBadge']),
  );
});

it('The page of a component shows its props with descriptions, in dark too', async () => {
  const { page, problems } = await open('components-lockbadge--docs', 'theme:dark');
  await page.getByRole('heading', { name: 'LockBadge', level: 1 }).waitFor();
  await page.getByText('a square of 20 px, for a column of its own.').first().waitFor();
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(ground).not.toBe('rgb(255, 255, 255)');
  expect(problems).toEqual([]);
});

it('The start page lets two users edit side by side', async () => {
  const { page, problems } = await open('introduction--docs');
  const ann = page.frameLocator('iframe[title="Ann Lee’s window"]');
  await ann.getByRole('button', { name: 'Paris' }).waitFor();
  expect(problems).toEqual([]);
});
