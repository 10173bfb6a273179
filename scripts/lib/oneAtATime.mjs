import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stateDir } from './paths.mjs';

const LOOK_AGAIN_MS = 200;

/**
 * Runs `work` while no other process of this checkout runs work of the same name. The lock is a file with the id of
 * its owner; one whose owner is gone is void.
 */
export async function oneAtATime(name, work, { onWait = () => {} } = {}) {
  const file = join(stateDir, `${name}.lock`);
  mkdirSync(stateDir, { recursive: true });
  while (!take(file)) {
    onWait('waiting for another run in this folder');
    await pause(LOOK_AGAIN_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isAlive(ownerOf(file))) rmSync(file, { force: true });
  return false;
}

function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || process.pid; // empty: its owner is about to write it
  } catch {
    return process.pid;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
