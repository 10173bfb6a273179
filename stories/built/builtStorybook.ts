/** The static Storybook: built once, served, and opened in Chromium. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const FOLDER = join(import.meta.dirname, '..');
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface IndexEntry {
  id: string;
  title: string;
  name: string;
  type: 'docs' | 'story';
}

export interface BuiltStorybook {
  /** The pages and stories, by id */
  index: Record<string, IndexEntry>;
  /** The address of a page or story, without the frame around it */
  getUrl(id: string, globals?: string): string;
  browser: Browser;
  close(): Promise<void>;
}

/** Builds the Storybook into `outDir`, and opens it. */
export async function openBuiltStorybook(outDir: string): Promise<BuiltStorybook> {
  await promisify(execFile)(
    join(FOLDER, 'node_modules/.bin/storybook'),
    ['build', '--quiet', '--output-dir', outDir],
    { cwd: FOLDER },
  );
  const { entries } = JSON.parse(await readFile(join(outDir, 'index.json'), 'utf8')) as {
    entries: Record<string, IndexEntry>;
  };
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://storybook');
    try {
      const content = await readFile(join(outDir, pathname === '/' ? 'index.html' : pathname));
      response.setHeader('Content-Type', TYPES[extname(pathname)] ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  return {
    index: entries,
    getUrl(id, globals = '') {
      const viewMode = entries[id]?.type === 'docs' ? 'docs' : 'story';
      return `http://127.0.0.1:${port}/iframe.html?id=${id}&viewMode=${viewMode}&globals=${globals}`;
    },
    browser,
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
