/** `pnpm --filter @rowlock/stories pictures`: a picture of each component in light and dark, for the docs. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBuiltStorybook } from './builtStorybook.ts';

const TARGET = join(import.meta.dirname, '../../docs/pictures');
/** The state of each component that says most, by the name of its picture. */
const PICTURES: Record<string, string> = {
  LockBadge: 'components-lockbadge--live',
  TaskProgress: 'taskprogress--running',
  ConflictModal: 'conflictmodal--one-task',
  LockBanner: 'lockbanner--person',
  StaleNotice: 'stalenotice--both-changed',
  TaskTray: 'tasktray--many',
  ConnectionStatus: 'components-connectionstatus--live',
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
      await page.locator('#storybook-root > *').first().waitFor({ state: 'attached' });
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: join(TARGET, `${name}-${theme}.png`) });
      await page.close();
    }
  }
} finally {
  await storybook.close();
  await rm(outDir, { recursive: true });
}
