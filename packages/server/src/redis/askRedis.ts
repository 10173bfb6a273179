/** Runs a plain command of Redis. Its errors become those of Rowlock, as the errors of scripts do (scripts.ts). */
import { asRowlockError } from './connection.ts';

/** @throws {UnavailableError} if Redis cannot be reached, or refuses the command now */
export async function askRedis<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw asRowlockError(error);
  }
}
