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

test('findSpin returns the program on the PATH', async () => {
  const spin = join(folder, 'spin');
  writeFileSync(spin, '#!/bin/sh\n');
  chmodSync(spin, 0o755);
  expect(await findSpin(() => {})).toBe(spin);
});

test('findSpin says why and what to do if spin and apt-get are missing', async () => {
  const error = await findSpin(() => {}).catch((reason) => reason);
  expect(error.text).toContain('`spin` is not on the PATH');
  expect(error.text).toContain('there is no apt-get');
  expect(error.text).toContain('sudo apt-get install spin');
});
