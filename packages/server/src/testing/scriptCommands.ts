/** What scripts ask of Redis: how much work they make, where no time may be measured. */
import { until } from '@rowlock/test-utils';
import type { Redis } from 'ioredis';

/** The commands that scripts make on `keys` while `work` goes on, each with its arguments, whoever runs the scripts. */
export async function scriptCommands(
  redis: Redis,
  keys: RegExp,
  work: () => Promise<unknown>,
): Promise<string[][]> {
  const monitor = await redis.monitor();
  try {
    const commands: string[][] = [];
    let isOver = false;
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (args[1] === 'all that was to be seen') isOver = true;
      else if (source === 'lua' && !isOver && keys.test(args[1] ?? '')) commands.push(args);
    });
    await work();
    await redis.echo('all that was to be seen');
    await until(() => isOver);
    return commands;
  } finally {
    monitor.disconnect();
  }
}
