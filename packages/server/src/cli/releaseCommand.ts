/** `rowlock release`: ends a lease in the name of an administrator. The audit trail records a takeover. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { FoundLease } from '../locks/registry/listing.ts';
import { CliError, EXIT, EXIT_CODES_IN_WORDS } from './exitCodes.ts';
import { leaseJson, leaseTable } from './leaseTable.ts';
import { findOnRecord } from './locksCommand.ts';
import { type OpenNamespace, withNamespace } from './openNamespace.ts';
import {
  beforeRevokeOption,
  type ConnectionOptions,
  jsonOption,
  loadBeforeRevoke,
  withConnection,
} from './options.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { terminalLogger } from './terminalLogger.ts';

interface ReleaseFlags extends ConnectionOptions {
  reason: string;
  yes?: true;
  json?: true;
  beforeRevoke?: string;
}

export function releaseCommand(terminal: Terminal): Command {
  return withConnection(new Command('release'))
    .summary('end the lease of another holder')
    .description(
      'Ends a lease, or all leases in force on a record, and frees their records. The holder is notified, and a task ends as ' +
        'failed. The audit trail records the name of your account and the reason.',
    )
    .argument('<lease|record>', "a lease's id (7), or a record (cities/7)")
    .option('--reason <text>', 'why, for the audit trail and for the holder', 'released by hand')
    .option('--yes', 'do not ask. Needed without a terminal')
    .addOption(beforeRevokeOption())
    .addOption(jsonOption())
    .addHelpText('after', EXIT_CODES_IN_WORDS)
    .action(async (target: string, flags: ReleaseFlags) => {
      const { beforeRevoke, ...rest } = flags;
      const revoke = await loadBeforeRevoke(beforeRevoke);
      await withNamespace({ ...rest, ...revoke, logger: terminalLogger(terminal) }, async (opened) => {
        const found = await findTargets(opened, target);
        for (const line of leaseTable(found, await opened.nowMs())) terminal.say(line);
        for (const line of consequencesOf(found)) terminal.say(line);
        await assertConfirmed(terminal, found.length, flags);

        const { locks } = opened;
        const leaseIds = found.map(({ lease }) => lease.id);
        const ended = new Set(
          (await locks.revoke({ leaseIds, by: actorOfAccount(), reason: flags.reason })).map(({ id }) => id),
        );
        const done = found.filter(({ lease }) => ended.has(lease.id));
        if (flags.json) terminal.print(JSON.stringify(done.map(leaseJson), null, 2));
        for (const { lease } of found) {
          if (!ended.has(lease.id)) terminal.say(`Lease ${lease.id} had ended in the meantime.`);
          else if (!flags.json)
            terminal.print(`Ended lease ${lease.id} of "${printable(lease.holder.label)}".`);
        }
      });
    });
}

async function findTargets(opened: OpenNamespace, target: string): Promise<FoundLease[]> {
  if (target.includes('/')) {
    // Waiters keep their positions: their turn comes next.
    const found = (await findOnRecord(opened, target)).filter(({ isWaiting }) => !isWaiting);
    if (found.length > 0) return found;
    throw new CliError(
      EXIT.failed,
      `Nobody holds ${target}. Nothing was ended. Run "rowlock locks" to list the locks.`,
    );
  }
  if (!/^[1-9][0-9]{0,19}$/.test(target)) {
    throw new CliError(
      EXIT.wrongUsage,
      `${JSON.stringify(target)} is neither a lease's id (7) nor a record (cities/7). Give one of them.`,
    );
  }
  const found = await opened.locks.registry.find([target]);
  if (found.length > 0) return found;
  throw new CliError(
    EXIT.failed,
    `Lease ${target} has ended, or never existed. Nothing was ended. Run "rowlock locks" to list the leases.`,
  );
}

function consequencesOf(found: readonly FoundLease[]): string[] {
  return found.flatMap(({ lease, isWaiting }) => {
    const { holder, recordCount } = lease;
    const what = isWaiting
      ? `Lease ${lease.id} holds nothing yet: it loses its position in the wait list.`
      : `Lease ${lease.id}: ${recordCount === 1 ? 'its record is' : `all of its ${recordCount} records are`} freed.`;
    const whose =
      holder.type === 'task'
        ? `The task ${printable(holder.id)} is notified, stops, and ends as failed. Its writes stay.`
        : 'The person is notified, and keeps the draft.';
    return [what, whose];
  });
}

/** @throws {CliError} if it is not confirmed */
async function assertConfirmed(terminal: Terminal, count: number, { yes }: ReleaseFlags): Promise<void> {
  if (yes) return;
  const answer = await terminal.confirm(count === 1 ? 'End this lease?' : `End these ${count} leases?`);
  if (answer) return;
  throw new CliError(
    EXIT.notConfirmed,
    answer === undefined
      ? 'Nothing was ended: there is no terminal to ask at. Confirm with --yes.'
      : 'Nothing was ended: you did not confirm. Answer y, or use --yes.',
  );
}

function actorOfAccount() {
  let name: string;
  try {
    name = userInfo().username;
  } catch {
    // An account without a name, as in some containers.
    name = `uid ${process.getuid?.() ?? '?'}`;
  }
  return { id: `cli:${name}`, name: `${name}, by rowlock release` };
}
