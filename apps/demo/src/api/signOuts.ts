/**
 * How often each user has signed out everywhere. A token names the number of its day, so an older one is void. A file in the data
 * folder keeps the numbers, so a void token stays void after a restart.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export interface SignOuts {
  count(userId: string): number;
  add(userId: string): void;
}

const countsSchema = z.record(z.string(), z.int().min(0));

export function openSignOuts(dataDir: string): SignOuts {
  const file = join(dataDir, 'sign-outs.json');
  const counts = new Map(Object.entries(readCounts(file)));
  const count = (userId: string) => counts.get(userId) ?? 0;
  return {
    count,
    add(userId) {
      counts.set(userId, count(userId) + 1);
      // A crash leaves the old file or the new one.
      writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(counts)), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

function readCounts(file: string): Record<string, number> {
  try {
    return countsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read. Delete it: every user then has to sign in again.`, {
      cause: error,
    });
  }
}
