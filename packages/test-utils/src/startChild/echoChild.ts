/** The child of startChild's tests: repeats each message with the next number, until the message is `throw` or `end`. */
import { talkToParent } from './talkToParent.ts';

export type Told = { say: unknown; times?: number } | 'throw' | 'end';
export interface Said {
  number: number;
  said: unknown;
}

const parent = talkToParent<Told, Said>();
let number = 0;
console.log('{ "said": "on stdout, where it is no message" }');
for await (const told of parent.messages) {
  if (told === 'end') process.exit(0);
  if (told === 'throw') throw new Error('on request');
  for (let time = 0; time < (told.times ?? 1); time++) parent.send({ number: ++number, said: told.say });
}
