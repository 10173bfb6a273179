/** The registry's Lua scripts, one for each verb. Each file says what it takes and answers. */
import type { Cluster, Redis } from 'ioredis';
import type { Keys } from '../../redis/keys.ts';
import { type Script, script } from '../../redis/scripts.ts';

const NAMES = [
  'acquire',
  'acquireOrWait',
  'acquirePart',
  'commitParts',
  'conflicts',
  'renewWaiting',
  'resumeWaiting',
  'stopWaiting',
  'extend',
  'renew',
  'getHeartbeat',
  'release',
  'releaseRecords',
  'transfer',
  'takeOver',
  'revoke',
  'expire',
  'resume',
  'prove',
  'proveHolder',
  'raiseFences',
  'check',
  'countRecords',
  'sweep',
  'checkRestart',
  'endGrace',
] as const;

export type RegistryScripts = Record<(typeof NAMES)[number], Script>;

export function loadRegistryScripts(redis: Redis | Cluster, { prefix }: Keys): RegistryScripts {
  const load = (name: string) => script(redis, prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  return Object.fromEntries(NAMES.map((name) => [name, load(name)])) as RegistryScripts;
}
