import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findSpin } from './spin.mjs';

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowlock-spin-'));
  vi.stubEnv('PATH', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('the one on the PATH is taken', async () => {
  const spin = join(folder, 'spin');
  writeFileSync(spin, '#!/bin/sh\n');
  chmodSync(spin, 0o755);
  expect(await findSpin(() => {})).toBe(spin);
});

test('without it and without apt-get, the message says why and what to do', async () => {
  const error = await findSpin(() => {}).catch((reason) => reason);
  expect(error.text).toContain('`spin` is not on the PATH');
  expect(error.text).toContain('there is no apt-get');
  expect(error.text).toContain('sudo apt-get install spin');
});
