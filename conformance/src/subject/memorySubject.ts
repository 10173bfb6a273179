/** The server in memory, and transports to it. */
import {
  type Ack,
  type ClientMessageName,
  type Hello,
  parseSession,
  type SessionSecret,
} from '@rowlock/protocol';
import { createMemoryTransport, MemoryServer, type MemoryTransport } from '@rowlock/react/testing';
import { until } from '@rowlock/test-utils';
import { onTestFinished, vi } from 'vitest';
import { renameInMemory } from './renameTask.ts';
import {
  type Connection,
  ConnectionRefused,
  type OpenSubject,
  type ReceivedEvent,
  userOf,
} from './subject.ts';

export const memorySubjects =
  (): OpenSubject =>
  async (options = {}) => {
    const server = new MemoryServer({ resources: ['cities', 'regions'], authorize: () => true, ...options });
    server.defineTask('rename', renameInMemory);
    const transports: MemoryTransport[] = [];
    // It logs failures of `authorize` there.
    vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => {
      for (const transport of transports) transport.close();
      vi.restoreAllMocks();
    });
    return {
      connect(actorId, { session, credentialsForMs } = {}) {
        const transport = createMemoryTransport({ server, actor: userOf(actorId) });
        transports.push(transport);
        if (credentialsForMs !== undefined) {
          setTimeout(() => server.sessions.expire(actorId), credentialsForMs);
        }
        return connectionOf(transport, { isNobody: actorId === 'nobody', session });
      },
      async startTask({ label, records, actorId = 'tina' }) {
        const { id } = server.startTask({ label, records, actor: userOf(actorId) });
        return {
          id,
          async advance(units) {
            const progress = server.task(id)!.progress;
            server.updateTask(id, { progress: { ...progress, done: progress.done + units } });
          },
          async finish(record) {
            server.finishRecords(id, [record]);
          },
          async end(how) {
            server.endTask(id, how, how === 'failed' ? 'The task was to fail.' : undefined);
          },
        };
      },
      changed: async (records, { actorId, by }) =>
        server.change(records, { actor: userOf(actorId), by, how: 'application' }),
      async permissionsChanged(actorId) {
        server.sessions.refresh(actorId);
      },
      async loseRedis() {
        server.setCertain(false);
      },
      async findRedis() {
        server.setCertain(true);
      },
    };
  };

async function connectionOf(
  transport: MemoryTransport,
  { isNobody, session }: { isNobody: boolean; session: string | undefined },
): Promise<Connection> {
  const events: ReceivedEvent[] = [];
  let isConnected = true;
  let refusal: ConnectionRefused | undefined;
  transport.identify(() => (session === undefined ? undefined : (parseSession(session) as SessionSecret)));
  transport.on((event) => {
    if (event.type === 'refused') refusal = new ConnectionRefused(event.error);
    if (event.type === 'refused' || event.type === 'down') isConnected = false;
    if (!('payload' in event)) return;
    events.push({ name: event.type, payload: event.payload } as ReceivedEvent);
  });
  if (isNobody) transport.refuse('Nobody is signed in.');
  transport.connect();
  await until(() => events.length > 0 || refusal !== undefined, { what: 'hello, or a refusal' });
  if (refusal) throw refusal;
  const request = (name: string, message: unknown) =>
    transport.request(name as ClientMessageName, message as never) as Promise<Ack<ClientMessageName>>;
  return {
    hello: events[0]!.payload as Hello,
    events,
    get isConnected() {
      return isConnected;
    },
    request: request as Connection['request'],
    requestRaw: request,
    drop: () => transport.disconnect(),
  };
}
