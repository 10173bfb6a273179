/** A rig without the limits that would hide what the inputs do, and a task that inputs may name. */
import { Redis } from 'ioredis';
import type { GatewayFixture } from '../fixtures/gatewayFixture.ts';
import { gatedTask, newNamespace, type Rig } from '../fixtures/rig.ts';
import { readStored, type Stored } from './writtenKeys.ts';

const ENDLESS = 1_000_000_000;

export interface FuzzRig extends Rig {
  readStored(): Promise<Stored>;
  closeRedis(): void;
}

export async function fuzzRig({ rig, server }: GatewayFixture): Promise<FuzzRig> {
  const namespace = newNamespace();
  const redis = new Redis(server().url);
  const limits = {
    messagesPer10s: ENDLESS,
    messagesPer10sOfUser: ENDLESS,
    bytesPer10s: ENDLESS,
    connectionsOfUser: ENDLESS,
  };
  const started = await rig({ namespace, tasks: [gatedTask().task], sessions: { limits } });
  return {
    ...started,
    readStored: () => readStored(redis, namespace),
    closeRedis: () => redis.disconnect(),
  };
}

/** An error as PROTOCOL.md describes it. */
export function assertDocumentedError(error: unknown, codes: Readonly<Record<string, unknown>>): void {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(codes, code)) {
    throw new Error(`The error has no code of ERRORS: ${JSON.stringify(error)}`);
  }
  if (typeof message !== 'string' || message.length === 0)
    throw new Error(`The error ${code} has no message.`);
  if (code === 'internal') throw new Error(`The server has failed: ${message}`);
}
