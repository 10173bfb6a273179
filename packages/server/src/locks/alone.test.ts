import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const IMPORT = /^(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'([^']+)';|\bimport\('([^']+)'\)/gm;

/** The packages that a source file imports, by itself or through others: code and types. */
function findPackages(entry: URL): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const walk = (file: URL): void => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    for (const [, from, lazily] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const specifier = from ?? lazily!;
      if (specifier.startsWith('.')) walk(new URL(specifier, file));
      else packages.add(specifier);
    }
  };
  walk(entry);
  return packages;
}

const entry = (path: string) => findPackages(new URL(path, import.meta.url));

describe('the packages behind an entry', () => {
  it('@rowlock/server/locks imports no package but ioredis and the protocol', () => {
    const packages = [...entry('./index.ts')].filter((name) => !name.startsWith('node:'));
    expect(packages.sort()).toEqual(['@rowlock/protocol', 'ioredis']);
  });

  it('the walk finds the packages of tasks, gateway and HTTP behind @rowlock/server', () => {
    const packages = entry('../index.ts');
    for (const name of ['bullmq', 'express', 'socket.io']) expect(packages).toContain(name);
  });

  it('the manifest offers @rowlock/server/locks, and requires none of their packages', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest.exports['./locks']['@rowlock/source']).toBe('./src/locks/index.ts');
    for (const name of ['bullmq', 'express', 'socket.io']) {
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
    }
  });
});
