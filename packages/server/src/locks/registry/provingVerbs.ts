/** The verbs that prove the ownership of leases for a write. */
import type { Holder, RecordKey } from '@rowlock/protocol';
import { LeaseLostError } from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import type { Hierarchy } from './hierarchy.ts';
import type { LockRegistry } from './lockRegistry.ts';
import { packWithAncestors } from './packedRecords.ts';
import type { RegistryScripts } from './registryScripts.ts';

type ProvingVerbs = Pick<LockRegistry, 'prove' | 'proveHolder' | 'raiseFences'>;
type ProveReply = [fence: string, holder: string, uncovered: RecordKey[]] | null;
type RaiseFencesReply = [fence: string] | [fence: null, leaseId: string];
type ProveHolderReply = [rows: string[], uncovered: RecordKey[]];

export function createProvingVerbs({
  scripts,
  hierarchy,
  runHint,
}: {
  scripts: Pick<RegistryScripts, keyof ProvingVerbs>;
  hierarchy: Hierarchy;
  runHint: RunHint;
}): ProvingVerbs {
  return {
    async prove({ leaseId, secret }, records, actorId = '') {
      const { nodes, chunks } = await packWithAncestors(hierarchy, records);
      const reply = (await scripts.prove(leaseId, secret, actorId, nodes, ...chunks)) as ProveReply;
      if (!reply) throw new LeaseLostError(leaseId);
      const [fence, holder, uncovered] = reply;
      return { fence, holder: JSON.parse(holder) as Holder, uncovered };
    },

    async proveHolder({ type, id, actorId }, records) {
      const { nodes, chunks } = await packWithAncestors(hierarchy, records);
      const reply = await scripts.proveHolder(type, id, actorId, nodes, ...chunks);
      const [rows, uncovered] = reply as ProveHolderReply;
      const leases = Array.from({ length: rows.length / 3 }, (_, i) => {
        const [leaseId, secret, fence] = rows.slice(3 * i, 3 * i + 3) as [string, string, string];
        return { leaseId, secret, fence };
      });
      return { leases, uncovered };
    },

    async raiseFences(leaseSecrets) {
      const pairs = leaseSecrets.flatMap(({ leaseId, secret }) => [leaseId, secret]);
      const reply = (await scripts.raiseFences(runHint.current(), ...pairs)) as RaiseFencesReply;
      if (reply[0] === null) throw new LeaseLostError(reply[1]);
      return reply[0];
    },
  };
}
