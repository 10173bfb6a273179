/** `rowlock reconcile`: settles the tasks and leases of crashed holders now. */
import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { openQueue } from '../tasks/store/queue.ts';
import { outcomeInWords, type Unconfirmed } from '../tasks/upkeep/reconcile/outcome.ts';
import { reconcileByHand } from '../tasks/upkeep/reconcile/reconcileByHand.ts';
import { startReconciler } from '../tasks/upkeep/reconcile/reconciler.ts';
import { createReconcilerStore } from '../tasks/upkeep/reconcile/reconcilerStore.ts';
import { CliError, EXIT, EXIT_CODES_IN_WORDS } from './exitCodes.ts';
import { withNamespace } from './openNamespace.ts';
import {
  beforeRevokeOption,
  type ConnectionOptions,
  jsonOption,
  loadBeforeRevoke,
  readInteger,
  withConnection,
} from './options.ts';
import { printable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { terminalLogger } from './terminalLogger.ts';

interface ReconcileFlags extends ConnectionOptions {
  timeout?: number;
  json?: true;
  beforeRevoke?: string;
}

export function reconcileCommand(terminal: Terminal): Command {
  return withConnection(new Command('reconcile'))
    .summary('settle the tasks and leases of crashed holders')
    .description(
      'Ends tasks whose jobs no longer exist, and leases whose holders no longer exist, and prints what it did and why. A ' +
        'holder counts as gone if nobody renews its lease for the whole TTL (10 s by default). The program waits that ' +
        'long if it suspects a holder. Every process of the application does the same by itself, all the time.',
    )
    .option(
      '--timeout <seconds>',
      'how long to wait for confirmations (default: 30 after the longest TTL)',
      (value) => readInteger(value, 0, 86_400),
    )
    .addOption(beforeRevokeOption())
    .addOption(jsonOption())
    .addHelpText('after', EXIT_CODES_IN_WORDS)
    .action(async (flags: ReconcileFlags) => {
      const { beforeRevoke, ...rest } = flags;
      const revoke = await loadBeforeRevoke(beforeRevoke);
      const logger = terminalLogger(terminal);
      await withNamespace({ ...rest, ...revoke, logger }, async ({ redis, keys, locks }) => {
        await locks.start();
        const queue = openQueue(redis, keys);
        const reconciler = startReconciler({
          store: createReconcilerStore(redis, keys),
          queue,
          registry: locks.registry,
          observer: locks.observer,
          revoker: locks.revoker,
          clock: systemClock,
          logger,
        });
        try {
          const { outcomes, unconfirmed } = await reconcileByHand(
            { reconciler, clock: systemClock },
            {
              onWait: (waitsFor) => terminal.progress(waitInWords(waitsFor)),
              ...(flags.timeout !== undefined && { timeoutMs: flags.timeout * 1_000 }),
            },
          );
          if (flags.json) terminal.print(JSON.stringify({ outcomes, unconfirmed }, null, 2));
          else {
            for (const outcome of outcomes) terminal.print(printable(outcomeInWords(outcome)));
            if (outcomes.length + unconfirmed.length === 0) terminal.say('There was nothing to do.');
          }
          if (unconfirmed.length === 0) return;
          for (const one of unconfirmed.slice(0, 20)) terminal.say(`Not confirmed: ${inWords(one)}`);
          const count = unconfirmed.length;
          throw new CliError(
            EXIT.notConfirmed,
            `${count === 1 ? 'One thing was' : `${count} things were`} left unchanged: it could not be confirmed in time whether the holder lives. Try again with a longer --timeout.`,
          );
        } finally {
          await reconciler.close();
          await queue.close();
        }
      });
    });
}

const inWords = ({ subject, id, reason }: Unconfirmed): string =>
  printable(subject === 'lease' && id === '*' ? reason : `${subject} ${id}: ${reason}`);

function waitInWords(waitsFor: readonly Unconfirmed[]): string {
  const [first] = waitsFor;
  const others = waitsFor.length > 1 ? ` (and ${waitsFor.length - 1} more)` : '';
  return `waiting: ${first ? inWords(first) : ''}${others}`;
}
