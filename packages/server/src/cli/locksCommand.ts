/** `rowlock locks`: which leases are in force. */
import { isRecordKey, type LeaseView, malformed, type RecordKey } from '@rowlock/protocol';
import { Command } from 'commander';
import type { FoundLease } from '../locks/registry/listing.ts';
import { CliError, EXIT, EXIT_CODES_IN_WORDS } from './exitCodes.ts';
import { leaseJson, leaseTable } from './leaseTable.ts';
import { type OpenNamespace, withNamespace } from './openNamespace.ts';
import { type ConnectionOptions, jsonOption, limitOption, withConnection } from './options.ts';
import type { Terminal } from './terminal.ts';
import { terminalLogger } from './terminalLogger.ts';

interface LocksFlags extends ConnectionOptions {
  resource?: string;
  holder?: string;
  actor?: string;
  record?: string;
  limit: number;
  json?: true;
}

export function locksCommand(terminal: Terminal): Command {
  return withConnection(new Command('locks'))
    .summary('list the leases in force: who holds what, since when')
    .description(
      'Lists the leases in force, oldest first. HEARTBEAT counts the renewals by the holder: compare it between two calls.',
    )
    .option('--resource <name>', 'only leases on records of this resource')
    .option('--holder <text>', 'only of the holder (task or tab) of this id, or with this text in the label')
    .option('--actor <id>', 'only of the user with this id')
    .option('--record <key>', 'who holds this record, and who waits for it: cities/7')
    .addOption(limitOption(10_000))
    .addOption(jsonOption())
    .addHelpText('after', EXIT_CODES_IN_WORDS)
    .action((flags: LocksFlags) =>
      withNamespace({ ...flags, logger: terminalLogger(terminal) }, async (opened) => {
        const found = (await findAll(opened, flags)).filter(({ lease }) => isWanted(lease, flags));
        const shown = found.slice(0, flags.limit);
        if (flags.json) terminal.print(JSON.stringify(shown.map(leaseJson), null, 2));
        else if (shown.length === 0) terminal.say('No lease is in force that matches.');
        else for (const line of leaseTable(shown, await opened.nowMs())) terminal.print(line);
        if (found.length > shown.length) {
          terminal.say(`There are more than ${flags.limit}; --limit shows more of them.`);
        }
      }),
    );
}

async function findAll(opened: OpenNamespace, flags: LocksFlags): Promise<FoundLease[]> {
  const { registry } = opened.locks;
  if (flags.record !== undefined) return findOnRecord(opened, flags.record);
  const found: FoundLease[] = [];
  for (let after: string | undefined; ; ) {
    const page = await registry.list({
      limit: 1_000,
      ...(flags.resource !== undefined && { resource: flags.resource }),
      ...(flags.actor !== undefined && { actorId: flags.actor }),
      ...(after !== undefined && { after }),
    });
    const wanted = page.leases.filter((lease) => isWanted(lease, flags));
    found.push(...(await registry.find(wanted.map(({ id }) => id))));
    after = page.next;
    if (after === undefined || found.length > flags.limit) return found;
  }
}

/** The leases on a record, in the order of the requests. @throws {CliError} if the key is malformed */
export async function findOnRecord({ locks }: OpenNamespace, record: string): Promise<FoundLease[]> {
  if (!isRecordKey(record)) throw new CliError(EXIT.wrongUsage, malformed(record));
  const holders = (await locks.listHolders([record])).get(record as RecordKey) ?? [];
  return locks.registry.find(holders.map(({ lease }) => lease.id));
}

function isWanted({ holder }: LeaseView, { holder: wanted, actor }: LocksFlags): boolean {
  if (actor !== undefined && holder.actor.id !== actor) return false;
  return (
    wanted === undefined || holder.id === wanted || holder.label.toLowerCase().includes(wanted.toLowerCase())
  );
}
