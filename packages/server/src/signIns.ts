/**
 * Asks the application's `authenticate`. All other code gets the actor as the wire shows it, and only `authorize` gets the user
 * with the application's own fields.
 */
import { type Actor, plainText } from '@rowlock/protocol';
import type { Credentials } from './credentials.ts';
import { RowlockError } from './errors.ts';
import { createSharedQuestions, type SharedQuestionOf } from './sharedQuestions.ts';

/** A user whose credentials are valid. */
export type SignedIn<User extends Actor = Actor> = User & {
  /**
   * When the credentials expire, in Unix ms. A connection of the live channel ends then. A time that has passed refuses.
   * Default: never
   */
  expiresAt?: number | undefined;
};

/** Returns null or undefined if nobody is signed in. `User` may have fields of the application: they reach `authorize` alone. */
export type Authenticate<User extends Actor = Actor> = (
  credentials: Credentials,
) => SignedIn<User> | null | undefined | Promise<SignedIn<User> | null | undefined>;

export interface SignIns {
  /** @throws {RowlockError} `unauthenticated` */
  authenticate(credentials: Credentials): Promise<Actor>;
  /**
   * Whether the credentials still belong to the actor, whose fields of the application are renewed. Rejects if the
   * application throws.
   */
  authenticateAgain(actor: Actor, credentials: Credentials): Promise<boolean>;
  /** The user with the application's own fields, as `authenticate` returned it last */
  userOf(actor: Actor): Actor;
  /** Equal for actors about whom the application gets the same question. Undefined if that is unknown */
  sharedQuestionOf: SharedQuestionOf;
  /** When the credentials expire that authenticated this actor, in Unix ms. Undefined: never */
  expiryOf(actor: Actor): number | undefined;
}

export function createSignIns(authenticate: Authenticate): SignIns {
  const users = new WeakMap<Actor, SignedIn>();

  async function identify(credentials: Credentials): Promise<Actor> {
    const user = await authenticate(credentials);
    if (!user || typeof user.id !== 'string' || user.id === '' || typeof user.name !== 'string') {
      throw new RowlockError(
        'unauthenticated',
        'Nobody is signed in: the credentials are missing, malformed or out of date. Sign in and try again.',
      );
    }
    assertNotExpired(user);
    const actor = bareActor(user);
    users.set(actor, user);
    return actor;
  }

  return {
    authenticate: identify,

    async authenticateAgain(actor, credentials) {
      try {
        const again = await identify({ ...credentials, isRecheck: true });
        if (again.id !== actor.id) return false;
        users.set(actor, users.get(again)!);
        return true;
      } catch (error) {
        if (error instanceof RowlockError) return false;
        throw error;
      }
    },

    userOf: (actor) => users.get(actor) ?? actor,
    sharedQuestionOf: createSharedQuestions(users),
    expiryOf: (actor) => users.get(actor)?.expiresAt,
  };
}

/** The actor as the wire shows it: without the fields of the application. */
export const bareActor = ({ id, name }: Actor): Actor => ({ id, name: plainText(name) });

/** @throws {RowlockError} `unauthenticated` @throws {TypeError} if the time is no Unix time in ms */
function assertNotExpired({ expiresAt }: SignedIn): void {
  if (expiresAt === undefined) return;
  if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt) || isInSeconds(expiresAt)) {
    throw new TypeError(
      `\`authenticate\` returned the \`expiresAt\` ${String(expiresAt)}. Give the time in ms since 1970. \`exp\` of a JWT is in ` +
        'seconds: multiply it by 1,000.',
    );
  }
  if (expiresAt <= Date.now()) throw credentialsExpired();
}

/** A time of this century in seconds is one of 1970 in ms. */
const isInSeconds = (time: number): boolean => time > 0 && time < 1e11;

export const credentialsExpired = (): RowlockError =>
  new RowlockError('unauthenticated', 'Your sign-in has expired. Sign in again to continue.');
