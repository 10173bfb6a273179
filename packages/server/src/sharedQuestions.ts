/** Which users are the same for the application, so that it is asked about them once. */
import type { Actor } from '@rowlock/protocol';

/** Equal for actors whose users have the same fields of plain data. Undefined if a user has others */
export type SharedQuestionOf = (actor: Actor) => string | undefined;

/** `users`: the application's own user for each actor that was authenticated. When credentials expire is no difference. */
export function createSharedQuestions(
  users: WeakMap<Actor, Actor & { expiresAt?: unknown }>,
): SharedQuestionOf {
  const keys = new WeakMap<Actor, string | undefined>();
  return (actor) => {
    const user: Actor & { expiresAt?: unknown } = users.get(actor) ?? actor;
    if (!keys.has(user)) {
      const { expiresAt: _expiresAt, ...fields } = user;
      keys.set(user, plainKey(fields));
    }
    return keys.get(user);
  };
}

/** The value as text, if it consists of plain data alone. */
function plainKey(value: unknown): string | undefined {
  return isPlain(value, 0) ? JSON.stringify(value) : undefined;
}

/** Deeper data is not looked at: it may be cyclic. */
const MOST_LEVELS = 10;

function isPlain(value: unknown, level: number): boolean {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return true;
  if (typeof value !== 'object' || level > MOST_LEVELS) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isData = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  return isData && Object.values(value).every((part) => isPlain(part, level + 1));
}
