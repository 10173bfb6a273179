// `pnpm api-report`: writes a report of the public API of each package, by entry point, into the package's folder `api`, and
// there the OpenAPI document of the server's routes.
// With `--check` it writes nothing, and fails if a committed report differs from the built packages.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectEnv, root } from '../lib/paths.mjs';
import { apiReports, reportDifferences } from './apiReports.mjs';
import { openApiReports } from './openApi.mjs';
import { packageFolder, publishedPackages } from './publishedPackages.mjs';

const isCheck = process.argv.includes('--check');
if (!isCheck) {
  const projects = publishedPackages.map(packageFolder);
  execFileSync('tsc', ['-b', ...projects], { cwd: root, env: projectEnv(), stdio: 'inherit' });
}

const differences = [];
for (const folder of publishedPackages.map(packageFolder)) {
  const reports = [...apiReports(folder), ...(await openApiReports(folder))];
  if (isCheck) {
    differences.push(...reportDifferences(folder, reports));
    continue;
  }
  rmSync(join(folder, 'api'), { recursive: true, force: true });
  for (const { file, text } of reports) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (differences.length > 0) {
  console.error('The public API has changed, and the committed reports have not:');
  console.error(differences.join('\n'));
  console.error('Run `npx pnpm api-report`, review the changes, and commit them.');
  process.exitCode = 1;
}
