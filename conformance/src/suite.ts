/**
 * The conformance suite: the behaviours of the wire that every Rowlock server has. A new message gets its behaviours in a file of
 * `behaviours` with that ending, and a line here. The last test compares what they have exercised with the protocol.
 */
import { describe, expect, it } from 'vitest';
import { acquiring } from './behaviours/acquiring.behaviours.ts';
import { cancelling } from './behaviours/cancelling.behaviours.ts';
import { changing } from './behaviours/changing.behaviours.ts';
import { connecting } from './behaviours/connecting.behaviours.ts';
import { everyMessage } from './behaviours/everyMessage.behaviours.ts';
import { idling } from './behaviours/idling.behaviours.ts';
import { keeping } from './behaviours/keeping.behaviours.ts';
import { launching } from './behaviours/launching.behaviours.ts';
import { listingBlockers } from './behaviours/listingBlockers.behaviours.ts';
import { listingTasks } from './behaviours/listingTasks.behaviours.ts';
import { losingPermissions } from './behaviours/losingPermissions.behaviours.ts';
import { presence } from './behaviours/presence.behaviours.ts';
import { requestingRelease } from './behaviours/requestingRelease.behaviours.ts';
import { resources } from './behaviours/resources.behaviours.ts';
import { sameUser } from './behaviours/sameUser.behaviours.ts';
import { sharedWaitList } from './behaviours/sharedWaitList.behaviours.ts';
import { signingOut } from './behaviours/signingOut.behaviours.ts';
import { takingOver } from './behaviours/takingOver.behaviours.ts';
import { waiting } from './behaviours/waiting.behaviours.ts';
import { watching } from './behaviours/watching.behaviours.ts';
import { missingNames } from './coverage.ts';
import { noteExercised } from './subject/exercised.ts';
import type { OpenSubject } from './subject/subject.ts';

const behaviours = [
  connecting,
  watching,
  listingTasks,
  resources,
  listingBlockers,
  presence,
  acquiring,
  waiting,
  sharedWaitList,
  changing,
  takingOver,
  requestingRelease,
  sameUser,
  keeping,
  launching,
  cancelling,
  signingOut,
  losingPermissions,
  idling,
  everyMessage,
];

/** Call it once, at the top of a test file. */
export function conformanceSuite(title: string, openSubject: OpenSubject): void {
  const { open, exercised } = noteExercised(openSubject);
  describe(title, () => {
    for (const register of behaviours) register(open);

    it('the behaviours exercise every message, event, error and limit of the protocol', () => {
      expect(missingNames(exercised)).toEqual([]);
    });
  });
}
