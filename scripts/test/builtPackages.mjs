// Builds the packages as `pnpm build` does, and checks that they can be used as they would be published. The workspace's
// Node runs it, without the condition that resolves packages to their sources.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../lib/paths.mjs';
import { publishedPackages } from '../packages/publishedPackages.mjs';

const problems = [];

for (const name of publishedPackages) {
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  execFileSync('/bin/sh', ['-c', manifest.scripts.build], { cwd: folder, stdio: 'inherit' });
  execFileSync('publint', [folder, '--strict', '--pack', 'false'], { stdio: 'inherit' });
  for (const [path, targets] of Object.entries(manifest.exports)) {
    const missing = Object.values(targets).filter((target) => !existsSync(join(folder, target)));
    problems.push(
      ...missing.map((target) => `${manifest.name}: exports["${path}"] names ${target}, which is not there`),
    );
    if (missing.length === 0 && targets.default.endsWith('.js')) {
      const exported = Object.keys(await import(pathToFileURL(join(folder, targets.default)).href));
      if (exported.length === 0) problems.push(`${manifest.name}: "${path}" exports nothing`);
    }
  }
}

for (const name of publishedPackages) {
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const [program, file] of Object.entries(manifest.bin ?? {})) {
    const path = join(folder, file);
    if (!readFileSync(path, 'utf8').startsWith('#!/usr/bin/env node\n'))
      problems.push(`${manifest.name}: the program ${program} does not begin with what makes it one`);
    const version = execFileSync(process.execPath, [path, '--version'], { encoding: 'utf8' }).trim();
    if (version !== manifest.version) problems.push(`${manifest.name}: ${program} says it is ${version}`);
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
