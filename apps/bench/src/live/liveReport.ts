/** The results of `pnpm bench live`, as `--json` prints them. A part that did not run is null. */
import type { Machine } from '../machine.ts';
import type { ConnectionMemory } from './cases/connectionMemory.ts';
import type { FirstProgress } from './cases/firstProgress.ts';
import type { MessageCost } from './cases/messageCost.ts';
import type { PollingCost } from './cases/polling.ts';
import type { Reach } from './cases/reach.ts';
import type { SteadyProgress } from './cases/steadyProgress.ts';

export interface LiveReport {
  machine: Machine;
  /** Why fewer screens were connected than planned. Absent if all were */
  limitedBy?: string;
  first: FirstProgress | null;
  steady: SteadyProgress | null;
  message: MessageCost | null;
  memory: ConnectionMemory | null;
  reach: Reach | null;
  polling: PollingCost | null;
}
