/** The React kit in Chromium: what renders, how a flood of progress feels, and what a hook costs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { chromium, type Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import type { ProgressResult } from '../../page/results.ts';
import { describeComputer } from '../machine.ts';
import type { ReactPlan } from './reactPlan.ts';
import type { ReactReport } from './reactReport.ts';

const PAGE = new URL('../../page', import.meta.url).pathname;
const KEY_EVERY_MS = 100;

export async function benchReact(plan: ReactPlan, say: (line: string) => void): Promise<ReactReport> {
  const machine = describeComputer();
  const outDir = await mkdtemp(join(tmpdir(), 'rowlock-bench-'));
  say('Building the page');
  const server = await servePage(outDir);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.waitForFunction(() => window.bench !== undefined);
    say('Rows that render');
    const rerender = await page.evaluate((rows) => window.bench.rerender(rows), plan.rows);
    say('Mounting');
    const mount = await page.evaluate((size) => window.bench.mount(size), plan.mount);
    say('A flood of progress');
    const progress = await typeDuring(page, { rows: plan.rows, ...plan.progress });
    return { machine, browser: browser.version(), rerender, progress, mount };
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true });
  }
}

async function servePage(outDir: string): Promise<PreviewServer> {
  const config = { root: PAGE, configFile: false, logLevel: 'error' } as const;
  await build({
    ...config,
    resolve: { conditions: ['@rowlock/source', 'module', 'browser', 'production'] },
    plugins: [react()],
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true },
  });
  return preview({ ...config, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
}

/** Presses keys from outside for as long as the page measures. */
async function typeDuring(
  page: Page,
  size: Parameters<Window['bench']['progress']>[0],
): Promise<ProgressResult> {
  let isOver = false;
  const measured = page
    .evaluate((wanted) => window.bench.progress(wanted), size)
    .finally(() => {
      isOver = true;
    });
  while (!isOver) {
    await page.keyboard.press('a');
    await page.waitForTimeout(KEY_EVERY_MS);
  }
  return measured;
}
