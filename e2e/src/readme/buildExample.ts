/** Runs the example of the README: its server as a process, its component as a page. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, startProcess, until } from '@rowlock/test-utils';
import react from '@vitejs/plugin-react';
import { build, preview } from 'vite';
import { exampleBlock, ROOT } from './fencedBlocks.ts';

/** A folder in this package, so that the imports of the example resolve. */
const FOLDER = join(ROOT, 'e2e/dist/readme-example');
const CONDITIONS = ['@rowlock/source', 'module', 'browser', 'production'];

/** The page around the component, which the README leaves to its reader. */
const FILES = {
  'index.html':
    '<!doctype html><title>Example</title><div id="root"></div><script type="module" src="main.tsx"></script>',
  'main.tsx': `import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
const user = new URLSearchParams(location.search).get('user') ?? '';
createRoot(document.getElementById('root')!).render(<App user={user} />);
`,
};

export interface RunningExample {
  serverUrl: string;
  pageUrl: string;
  stop(): Promise<void>;
}

export async function runExample(redisUrl: string): Promise<RunningExample> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const name of ['server.ts', 'App.tsx']) {
    await writeFile(join(FOLDER, name), await exampleBlock('README.md', name));
  }
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(FOLDER, name), text);

  const port = await freePort();
  const serverUrl = `http://localhost:${port}`;
  const server = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', 'server.ts'],
    cwd: FOLDER,
    env: { REDIS_URL: redisUrl, PORT: String(port), NODE_OPTIONS: undefined },
  });
  await until(async () => (await fetch(`${serverUrl}/rowlock/health`)).ok, {
    what: 'the example server to answer',
    timeoutMs: 15_000,
  });
  await build({
    root: FOLDER,
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    resolve: { conditions: CONDITIONS },
    build: { outDir: 'page', minify: false },
  });
  // The page and the server have one origin in the browser, as behind a reverse proxy.
  const pages = await preview({
    root: FOLDER,
    configFile: false,
    logLevel: 'error',
    build: { outDir: 'page' },
    preview: {
      port: await freePort(),
      strictPort: true,
      proxy: { '/socket.io': { target: serverUrl, ws: true }, '/rowlock': serverUrl, '/cities': serverUrl },
    },
  });
  return {
    serverUrl,
    pageUrl: pages.resolvedUrls?.local[0] ?? '',
    async stop() {
      await pages.close();
      await server.stop();
    },
  };
}
