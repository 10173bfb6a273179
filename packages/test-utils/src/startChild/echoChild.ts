/** The child process of startChild's tests. It echoes each message with a rising number, until it receives `throw` or `end`. */
import { talkToParent } from './talkToParent.ts';

export type ToEcho = { say: unknown; times?: number } | 'throw' | 'end';
export interface FromEcho {
  number: number;
  echoed: unknown;
}

const parent = talkToParent<ToEcho, FromEcho>();
let number = 0;
console.log('{ "echoed": "on stdout, which is not a message" }');
for await (const message of parent.messages) {
  if (message === 'end') process.exit(0);
  if (message === 'throw') throw new Error('thrown on request');
  for (let time = 0; time < (message.times ?? 1); time++)
    parent.send({ number: ++number, echoed: message.say });
}
