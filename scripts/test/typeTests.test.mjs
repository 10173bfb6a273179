import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectEnv, root } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

const PROJECT = join(root, 'packages/tsconfig.types.json');

test('the type tests of all published packages are checked', { timeout: 60_000 }, async () => {
  const { output } = await run('tsc', ['--project', PROJECT, '--listFilesOnly'], { env: projectEnv() });
  for (const name of ['protocol/test/publicTypes.test-d.ts', 'server/test/publicTypes.test-d.ts'])
    expect(output).toContain(join(root, 'packages', name));
  expect(output).toContain(join(root, 'packages/react/test/publicTypes.test-d.tsx'));
});

test('a type test fails for a wrong type and for code that should not compile but does', {
  timeout: 60_000,
}, async () => {
  // A file finds the package that it is in by its name.
  const parent = join(root, 'packages/protocol/dist');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'type-tests-'));
  try {
    writeFileSync(
      join(folder, 'wrong.test-d.ts'),
      [
        "import { recordKey } from '@rowlock/protocol';",
        "import { expectTypeOf } from 'vitest';",
        "expectTypeOf(recordKey('cities', 1)).toEqualTypeOf<number>();",
        '// @ts-expect-error: this compiles',
        "recordKey('cities', 1);",
      ].join('\n'),
    );
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: PROJECT,
        compilerOptions: { composite: false, noEmit: true, rootDir: root },
        include: ['*.test-d.ts'],
        references: [],
      }),
    );
    const { code, output } = await run('tsc', ['--project', folder], { env: projectEnv() });
    expect(code).not.toBe(0);
    expect(output).toContain('wrong.test-d.ts(3,');
    expect(output).toContain("wrong.test-d.ts(4,1): error TS2578: Unused '@ts-expect-error' directive");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
