/** Sessions, found by their users without a look at those of others. Pure. */
import type { Actor } from '@rowlock/protocol';

export class SessionsByUser<S extends { readonly actor: Actor }> {
  readonly #all = new Set<S>();
  /** No list changes once it was made */
  readonly #byActor = new Map<string, readonly S[]>();

  get size(): number {
    return this.#all.size;
  }

  all(): S[] {
    return [...this.#all];
  }

  of(actorId: string): readonly S[] {
    return this.#byActor.get(actorId) ?? [];
  }

  add(session: S): void {
    const { id } = session.actor;
    this.#all.add(session);
    this.#byActor.set(id, [...this.of(id), session]);
  }

  remove(session: S): void {
    const { id } = session.actor;
    const others = this.of(id).filter((other) => other !== session);
    this.#all.delete(session);
    if (others.length > 0) this.#byActor.set(id, others);
    else this.#byActor.delete(id);
  }
}
