import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const readText = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

it('The README shows the edit form that the tests compile and run, in fewer than 40 lines', async () => {
  const form = await readText('./EditCity.tsx');
  const shown = form
    .replace("'../index.ts'", "'@rowlock/react'")
    .replace("'../query/index.ts'", "'@rowlock/react/query'");
  expect(await readText('../../README.md')).toContain(`## An edit form\n\n\`\`\`tsx\n${shown}\`\`\``);
  expect(shown.trimEnd().split('\n').length).toBeLessThan(40);
});
