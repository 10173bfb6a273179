/** Notes what the behaviours exercise on a server. A message counts if it was answered, an error if it was one. */
import type { Ack, ClientMessageName } from '@rowlock/protocol';
import type { Connection, OpenSubject, Subject } from './subject.ts';

export interface Exercised {
  messages: Set<string>;
  events: Set<string>;
  errors: Set<string>;
  limits: Set<string>;
}

/** The same subject. Notes each answer, event and limit. */
export function noteExercised(open: OpenSubject): { open: OpenSubject; exercised: Exercised } {
  const exercised: Exercised = {
    messages: new Set(),
    events: new Set(),
    errors: new Set(),
    limits: new Set(),
  };
  const opened: OpenSubject = async (options = {}) => {
    for (const limit of Object.keys(options.limits ?? {})) exercised.limits.add(limit);
    return noted(await open(options), exercised);
  };
  return { open: opened, exercised };
}

function noted(subject: Subject, exercised: Exercised): Subject {
  return {
    ...subject,
    async connect(actorId, options) {
      try {
        return watched(await subject.connect(actorId, options), exercised);
      } catch (error) {
        const { body } = error as { body?: { code: string } };
        if (body) exercised.errors.add(body.code);
        throw error;
      }
    },
  };
}

function watched(connection: Connection, exercised: Exercised): Connection {
  exercised.events.add('hello');
  const note = (name: string, answer: Ack<ClientMessageName>) => {
    if (answer.ok) exercised.messages.add(name);
    else exercised.errors.add(answer.error.code);
  };
  return {
    hello: connection.hello,
    get events() {
      for (const { name } of connection.events) exercised.events.add(name);
      return connection.events;
    },
    get isConnected() {
      return connection.isConnected;
    },
    async request(name, message) {
      const answer = await connection.request(name, message);
      note(name, answer as Ack<ClientMessageName>);
      return answer;
    },
    async requestRaw(name, message) {
      const answer = await connection.requestRaw(name, message);
      note(name, answer);
      return answer;
    },
    drop: () => connection.drop(),
  };
}
