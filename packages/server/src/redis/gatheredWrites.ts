/**
 * A connection that sends all commands of one turn of the event loop in one write. Under load each reply that arrives
 * leads to a few commands, and a system call for each of them costs more than the command itself, here and in Redis.
 * The order of commands stays as it is, and a command that comes alone is sent at the end of the same turn.
 */
import { Redis, type RedisOptions } from 'ioredis';

export class GatheringRedis extends Redis {
  #isGathering = false;

  constructor(target: string | RedisOptions, options: RedisOptions = {}) {
    // The constructor's own type argument can be inferred by `new` alone, not by a subclass.
    if (typeof target === 'string') super(target, options as object);
    else super({ ...target, ...options } as object);
  }

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    this.#gather();
    return super.sendCommand(...args);
  }

  #gather(): void {
    const { stream } = this;
    if (this.#isGathering || !stream) return;
    this.#isGathering = true;
    stream.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }
}
