import { describe, expect, test } from 'vitest';
import { hygieneChecks, readManifests } from './hygiene.mjs';

const problemsOf = (name, manifests) =>
  hygieneChecks.find((check) => check.name.includes(name)).problemsOf(manifests);
const manifest = (file, json) => ({ file, json: { private: true, license: 'MIT', ...json } });

describe('each check finds what it is for', () => {
  test('the hygiene check finds two ranges for one dependency', () => {
    const manifests = [
      manifest('a/package.json', { dependencies: { zod: '^4.0.0' } }),
      manifest('b/package.json', { devDependencies: { zod: '^3.0.0' }, peerDependencies: { react: '>=19' } }),
      manifest('c/package.json', { devDependencies: { react: '^19.1.0' } }),
    ];
    expect(problemsOf('one range', manifests)).toEqual([
      'zod: ^4.0.0 in a/package.json, ^3.0.0 in b/package.json',
    ]);
  });

  test('the hygiene check finds a package of the workspace that is required by version', () => {
    const manifests = [
      manifest('a/package.json', { name: '@rowlock/a' }),
      manifest('b/package.json', { dependencies: { '@rowlock/a': '^1.0.0' } }),
    ];
    expect(problemsOf('workspace:^', manifests)).toEqual(['b/package.json: @rowlock/a is ^1.0.0']);
  });

  test('the hygiene check finds a dependency that is declared twice', () => {
    const manifests = [
      manifest('a/package.json', { dependencies: { zod: '1' }, devDependencies: { zod: '1' } }),
    ];
    expect(problemsOf('declared once', manifests)).toEqual(['a/package.json: zod']);
  });

  test('the hygiene check finds a script whose file does not exist', () => {
    const scripts = {
      test: 'node scripts/test.mjs',
      soak: 'node --conditions=@rowlock/source gone/cli.ts',
      docs: 'node docs.mjs --check',
    };
    expect(problemsOf('every script', [manifest('package.json', { scripts })])).toEqual([
      'package.json: scripts.soak starts gone/cli.ts, which does not exist',
      'package.json: scripts.docs starts docs.mjs, which does not exist',
    ]);
  });

  test('the hygiene check finds a published package without the fields that its users need', () => {
    const published = {
      private: false,
      files: [],
      sideEffects: false,
      exports: { '.': { default: './dist/index.js' } },
    };
    expect(problemsOf('published', [manifest('a/package.json', published)])).toEqual([
      'a/package.json: no description',
      'a/package.json: no keywords',
      'a/package.json: no engines',
      'a/package.json: exports["."] wants @rowlock/source and default',
    ]);
  });
});

test('readManifests reads all manifests of the workspace', () => {
  expect(readManifests().map(({ json }) => json.name)).toEqual(
    expect.arrayContaining(['rowlock', '@rowlock/server', '@rowlock/react', '@rowlock/demo', '@rowlock/e2e']),
  );
});
