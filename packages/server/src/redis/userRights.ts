/**
 * Whether the Redis user may do all that Rowlock asks of Redis. It is tried out, since few users may read the rules
 * (`ACL GETUSER`). A script that was refused a command half way would leave half of its work behind.
 */
import { Cluster, type Redis } from 'ioredis';
import { RowlockError } from '../errors.ts';
import { asRowlockError } from './connection.ts';
import type { Keys } from './keys.ts';
import { loadLua } from './luaSource.ts';

/** Commands that no script may call. With these arguments each fails, or changes nothing. */
const OUTSIDE_OF_SCRIPTS: Readonly<Record<string, (key: string) => string[]>> = {
  EVAL: (key) => ['EVAL', 'return 1', '1', key],
  EVALSHA: (key) => ['EVALSHA', '0'.repeat(40), '1', key],
  'SCRIPT|LOAD': () => ['SCRIPT', 'LOAD', 'return 1'],
  BZPOPMIN: (key) => ['BZPOPMIN', key, 'no number'],
  'CLIENT|LIST': () => ['CLIENT', 'LIST', 'ID', '1'],
  'CLIENT|SETNAME': () => ['CLIENT', 'SETNAME', 'no name'],
};

interface MissingRights {
  commands: string[];
  isKeysMissing: boolean;
  isChannelMissing: boolean;
}

/** @throws {RowlockError} `unavailable`, naming all that is missing and the rule that grants it */
export async function assertRights(
  redis: Redis | Cluster,
  keys: Keys,
  commands: readonly string[],
): Promise<void> {
  try {
    const missing = await findMissing(redis, keys, commands);
    if (missing) throw new RowlockError('unavailable', describeMissing(missing, userOf(redis), keys));
  } catch (error) {
    throw asRowlockError(error);
  }
}

async function findMissing(
  redis: Redis | Cluster,
  keys: Keys,
  commands: readonly string[],
): Promise<MissingRights | undefined> {
  const missing: MissingRights = { commands: [], isKeysMissing: false, isChannelMissing: false };
  const key = `${keys.prefix}permitted`;
  const isRefused = async (attempt: Promise<unknown>): Promise<boolean> => {
    const reason = await refusalOf(attempt);
    if (reason && /\bkeys?\b/.test(reason)) missing.isKeysMissing = true;
    else if (reason?.includes('channel')) missing.isChannelMissing = true;
    else return reason !== undefined;
    return false;
  };
  const outside = commands.filter((command) => OUTSIDE_OF_SCRIPTS[command]);
  for (const command of outside) {
    const [name, ...args] = OUTSIDE_OF_SCRIPTS[command]!(key) as [string, ...string[]];
    if (await isRefused(redis.call(name, ...args))) missing.commands.push(command);
  }
  if (commands.includes('SUBSCRIBE') && (await isRefused(trySubscribing(redis, keys.acquired)))) {
    missing.commands.push('SUBSCRIBE');
  }
  const canAskScript = !missing.isKeysMissing && !missing.commands.includes('EVAL');
  if (canAskScript) {
    const inside = commands.filter((command) => command !== 'SUBSCRIBE' && !OUTSIDE_OF_SCRIPTS[command]);
    const source = loadLua(new URL('./lua/permitted.lua', import.meta.url));
    const found = (await redis.eval(source, 1, keys.prefix, keys.acquired, ...inside)) as string[];
    missing.isChannelMissing ||= found[0] === 'channel';
    missing.commands.push(...found.filter((name) => name !== 'channel'));
  }
  const isComplete = missing.commands.length === 0 && !missing.isKeysMissing && !missing.isChannelMissing;
  return isComplete ? undefined : missing;
}

/** On a connection of its own: one that has subscribed answers nothing else. */
async function trySubscribing(redis: Redis | Cluster, channel: string): Promise<void> {
  if (redis instanceof Cluster) return;
  const subscriber = redis.duplicate({ lazyConnect: true, enableOfflineQueue: false });
  subscriber.on('error', () => {});
  try {
    await subscriber.connect();
    await subscriber.subscribe(channel);
  } finally {
    subscriber.disconnect();
  }
}

/** The message of Redis if it refuses by its access list, else undefined. @throws what else may fail */
async function refusalOf(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ReplyError') throw error;
    return error.message.startsWith('NOPERM') ? error.message : undefined;
  }
}

const userOf = (redis: Redis | Cluster): string =>
  ('username' in redis.options && redis.options.username) || 'default';

function describeMissing(missing: MissingRights, user: string, keys: Keys): string {
  const { commands, isKeysMissing, isChannelMissing } = missing;
  const lacks = [
    ...(commands.length > 0 ? [`run ${commands.join(', ')}`] : []),
    ...(isKeysMissing ? [`read and write the keys ${keys.prefix}*`] : []),
    ...(isChannelMissing ? [`use the channel ${keys.acquired}`] : []),
  ];
  const rules = [
    ...commands.map((command) => `+${command.toLowerCase()}`),
    ...(isKeysMissing ? [`~${keys.prefix}*`] : []),
    ...(isChannelMissing ? [`&${keys.acquired}`] : []),
  ];
  return (
    `The Redis user "${user}" may not ${lacks.join(', nor ')}. Rowlock needs this, because a script that is refused half way ` +
    `leaves half of its work behind. Grant it: ACL SETUSER ${user} ${rules.join(' ')}`
  );
}
