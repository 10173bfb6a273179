/** `pnpm --filter @rowlock/stories pictures`: a picture of each component in light and dark, for the docs. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBuiltStorybook } from './builtStorybook.ts';

const TARGET = join(import.meta.dirname, '../../docs/pictures');
const MARGIN = 16;
/** The state of each component that says most, by the name of its picture. */
const PICTURES: Record<string, string> = {
  ConflictModal: 'components-conflictmodal--some-rows',
  ConnectionStatus: 'components-connectionstatus--live',
  IdleWarning: 'components-idlewarning--soon',
  LockBadge: 'components-lockbadge--live',
  LockBanner: 'components-lockbanner--by-a-task',
  LockedFieldset: 'components-lockedfieldset--read-only',
  PresenceAvatars: 'components-presenceavatars--many',
  ReleaseRequest: 'components-releaserequest--without-a-save',
  StaleNotice: 'components-stalenotice--choices',
  TaskBanner: 'components-taskbanner--one',
  TaskDashboard: 'components-taskdashboard--many',
  TaskDetails: 'components-taskdetails--some-rows-failed',
  TaskProgress: 'components-taskprogress--running',
  TaskTray: 'components-tasktray--many',
};

const outDir = await mkdtemp(join(tmpdir(), 'rowlock-storybook-'));
const storybook = await openBuiltStorybook(outDir);
try {
  await mkdir(TARGET, { recursive: true });
  for (const [name, id] of Object.entries(PICTURES)) {
    if (!storybook.index[id])
      throw new Error(`There is no story ${id}. Name another one for the picture of ${name}.`);
    for (const theme of ['light', 'dark']) {
      const page = await storybook.browser.newPage({ viewport: { width: 720, height: 560 } });
      await page.goto(storybook.getUrl(id, `theme:${theme}`));
      await page.locator('[class*="rowlock-"]:visible').first().waitFor();
      await writeFile(join(TARGET, `${name}-${theme}.png`), await takeStillPicture(page));
      await page.close();
    }
  }
} finally {
  await storybook.close();
  await rm(outDir, { recursive: true });
}

/** A picture that looks as the one before it: the story has come to rest. Of a story that always moves, the last one. */
async function takeStillPicture(page: Page): Promise<Buffer> {
  let before = await takePicture(page);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await page.waitForTimeout(400);
    const now = await takePicture(page);
    if (now.equals(before)) return now;
    before = now;
  }
  return before;
}

/** The part of the page that shows something. An open dialog fills the page. */
async function takePicture(page: Page): Promise<Buffer> {
  const { width, height } = page.viewportSize()!;
  const bottom = await page.evaluate(() =>
    Math.max(
      0,
      ...[...document.querySelectorAll('#storybook-root *, dialog[open], [popover]')]
        .map((element) => element.getBoundingClientRect())
        .filter((box) => box.width > 0)
        .map((box) => box.bottom),
    ),
  );
  const hasDialog = (await page.locator('dialog[open]').count()) > 0;
  return page.screenshot({
    clip: { x: 0, y: 0, width, height: hasDialog ? height : Math.min(height, Math.ceil(bottom) + MARGIN) },
  });
}
