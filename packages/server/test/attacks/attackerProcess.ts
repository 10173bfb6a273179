/** One attack in a process of its own: begins on the first command, and reports its counts on each later one. */
import { talkToParent } from '@rowlock/test-utils';
import { ATTACKS } from './attacks.ts';
import type { Counts, Target } from './rawSocket.ts';

export type AttackerCommand = { attack: keyof typeof ATTACKS; target: Target } | 'report';

const parent = talkToParent<AttackerCommand, Counts>();
const counts: Counts = { opened: 0, ended: 0, messages: 0 };
for await (const command of parent.messages) {
  if (command === 'report') parent.send({ ...counts });
  else void ATTACKS[command.attack](command.target, counts);
}
process.exit();
