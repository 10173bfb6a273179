/** The gateways of a run, each in a process of its own. */
import { type StartedChild, startChild } from '@rowlock/test-utils';
import type { GatewayReady } from './gatewayProcess.ts';

export interface Gateway {
  child: StartedChild<never, GatewayReady>;
  port: number;
  /** Its process is stopped, so its tabs learn nothing */
  isFrozen: boolean;
}

export async function startGateway(redisUrl: string, namespace: string): Promise<Gateway> {
  const child: Gateway['child'] = await startChild({
    module: new URL('./gatewayProcess.ts', import.meta.url),
    args: [redisUrl, namespace],
  });
  const { port } = await child.next({ timeoutMs: 30_000 });
  return { child, port, isFrozen: false };
}
