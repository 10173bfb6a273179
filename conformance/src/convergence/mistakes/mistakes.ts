/** Deliberate mistakes in gateway and client. The convergence runs must find each of them. */

const server = (path: string) => `packages/server/src/${path}`;
const react = (path: string) => `packages/react/src/core/${path}`;

export interface Mistake {
  name: string;
  /** The consequence for users */
  means: string;
  file: string;
  /** Occurs once in the file */
  from: string;
  to: string;
}

export const mistakes: readonly Mistake[] = [
  {
    name: 'SKIP_A_SEND',
    means: 'each 20th message of changes is never sent',
    file: server('gateway/session/session.ts'),
    from: "this.socket.emit('changes', seen);",
    to: "globalThis.sends = (globalThis.sends ?? 0) + 1; if (globalThis.sends % 20 > 0) this.socket.emit('changes', seen);",
  },
  {
    name: 'IGNORE_FREED',
    means: 'a record that a task has released early stays locked on the screen',
    file: server('gateway/view/applyEntry.ts'),
    from: 'return states.released(entry.leaseId, position, unpackChunk(entry.chunk));',
    to: 'return unpackChunk(entry.chunk).slice(0, 0);',
  },
  {
    name: 'NO_RELOAD',
    means: 'the locks after a gap in the change log are those of before',
    file: server('gateway/watching/logFollower.ts'),
    from: 'await registry.checkRestart();\n',
    to: 'await registry.checkRestart();\n      if (watched.size > 0) return;\n',
  },
  {
    name: 'NO_MISSED_CHANGES',
    means: 'a gateway does not ask for the changes of data that it has missed',
    file: server('gateway/watching/changeWatch.ts'),
    from: 'if (since === 0 || records.length === 0) {',
    to: 'if (since >= 0) {',
  },
  {
    name: 'ALWAYS_CERTAIN',
    means: 'a gateway does not say that it no longer sees Redis',
    file: server('gateway/certainty.ts'),
    from: 'isCertain = certain;\n    onChange(certain);',
    to: 'isCertain = certain;\n    onChange(true);',
  },
  {
    name: 'NO_NEW_WATCH',
    means: 'a tab does not watch its records again on a new connection',
    file: react('client.ts'),
    from: 'this.#store.begin(hello.limits);',
    to: 'if (!this.hasBegun) this.#store.begin(hello.limits); else this.#store.refresh = () => {}; this.hasBegun = true;',
  },
  {
    name: 'OLD_CHANGES',
    means: 'after a reconnect a tab does not ask for the changes of data that it has missed',
    file: react('changeNews.ts'),
    from: 'return this.#knownVersion;',
    to: 'return undefined;',
  },
];

/** The mistake of that name. @throws if the name is unknown */
export function findMistake(name: string): Mistake {
  const found = mistakes.find((mistake) => mistake.name === name);
  if (found) return found;
  throw new Error(
    `There is no mistake ${name}. Use one of: ${mistakes.map((each) => each.name).join(', ')}.`,
  );
}

/** The source with the mistake. @throws if the source does not contain the line once */
export function plant(source: string, { name, file, from, to }: Mistake): string {
  const count = source.split(from).length - 1;
  if (count === 1) return source.replace(from, () => to);
  throw new Error(`${name}: ${file} contains its line ${count} times. Correct \`from\` in mistakes.ts.`);
}
