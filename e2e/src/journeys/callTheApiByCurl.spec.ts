/** The demo's README has a `curl` for each route. The journey runs each of them unchanged. */
import { readFile } from 'node:fs/promises';
import { startProcess } from '@rowlock/test-utils';
import { expect, test } from '../demo/journey.ts';
import { fencedBlocks } from '../readme/fencedBlocks.ts';

const OPENAPI = new URL('../../../packages/server/api/openapi.json', import.meta.url);
const README = 'apps/demo/README.md';
/** The format of the line that curl writes to stderr after each answer. */
const REPORT = '%{stderr}answered %{http_code} to %{method} %{url}\\n';

test('The running demo answers every curl of the README with success', async ({ demo }) => {
  const blocks = (await fencedBlocks(README, 'sh')).filter((block) => /\bcurl\b/.test(block));
  const script = blocks.join('\n').replaceAll(/^API=.*$/gm, `API=${demo.url}`);
  expect(script).toContain(`API=${demo.url}`);

  const shell = await startProcess({
    command: 'bash',
    args: ['-c', `set -u\ncurl() { command curl -w '${REPORT}' "$@"; }\n${script}`],
    env: { NODE_OPTIONS: undefined },
  });
  expect(await shell.exited).toEqual({ code: 0, signal: null });

  const answers = [...shell.output().matchAll(/answered (\d+) to (\w+) \S*?localhost:\d+(\S*)/g)].map(
    ([, status, method, path]) => ({ status: Number(status), route: `${method} ${path}` }),
  );
  expect(answers).toHaveLength(script.match(/\bcurl\b/g)?.length ?? 0);
  // The file does not exist if the cancel before it came in time, as the README says.
  const failed = answers.filter(({ status }) => status < 200 || status > 299);
  expect(
    failed.filter(({ route, status }) => !(route.startsWith('GET /api/exports/') && status === 404)),
  ).toEqual([]);
  const routes = new Set(
    answers.map(({ route }) =>
      route
        .replace(/\?.*/, '')
        .replace(
          /(?<=rowlock\/tasks\/|rowlock\/leases\/(?!(?:release|take-over)$)|api\/exports\/)[^/]+/,
          ':id',
        ),
    ),
  );
  // Every route of Rowlock too: a new one needs its curl.
  const ofRowlock = await listRoutesOfRowlock();
  expect([...routes].sort()).toEqual(
    [
      ...ofRowlock,
      'GET /admin/queues/api/queues',
      'GET /api/cities',
      'GET /api/cities/2988507',
      'GET /api/countries',
      'GET /api/countries/FR',
      'GET /api/exports/:id',
      'GET /api/me',
      'GET /api/notices',
      'GET /api/regions',
      'GET /api/regions/FR.11',
      'GET /api/runs',
      'GET /api/users',
      'GET /metrics',
      'POST /api/admin/queues/pass',
      'POST /api/notices/seen',
      'POST /api/session',
      'POST /api/tasks/export-csv',
      'POST /api/tasks/normalise-names',
      'POST /api/tasks/recompute-population-share',
      'POST /api/tasks/set-fields',
      'PUT /api/cities/2988507',
    ].sort(),
  );
});

async function listRoutesOfRowlock(): Promise<string[]> {
  const { paths } = JSON.parse(await readFile(OPENAPI, 'utf8')) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} /rowlock${path.replace('{id}', ':id')}`),
  );
}
