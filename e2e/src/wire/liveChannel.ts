/** A client of the live channel by PROTOCOL.md. It reads the server's own view, to compare it with the pages. */
import { io, type Socket } from 'socket.io-client';

interface Lease {
  id: string;
  holder: { type: 'task' | 'person'; label: string; actor: { id: string; name: string } };
}

export interface View {
  records: Record<string, string[]>;
  leases: Lease[];
}

export type Ack<Body = object> =
  | ({ ok: true } & Body)
  | { ok: false; error: { code: string; message: string } };

/** Connects and waits for the server's hello. @throws if the connection is refused */
export async function openChannel(url: string, token: string): Promise<Socket> {
  const socket = io(`${url}/rowlock`, {
    auth: { token },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  await new Promise((resolve, reject) => {
    socket.once('hello', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

export const ask = <Body = object>(socket: Socket, name: string, message: unknown): Promise<Ack<Body>> =>
  socket.timeout(5_000).emitWithAck(name, message) as Promise<Ack<Body>>;

/** The type of each city's holder, or "free", as a badge shows it to others. */
export async function readHolders(
  url: string,
  token: string,
  ids: number[],
): Promise<Record<number, string>> {
  const socket = await openChannel(url, token);
  try {
    const view = await ask<View>(socket, 'watch', { records: ids.map((id) => `cities/${id}`) });
    if (!view.ok) throw new Error(view.error.message);
    const leases = new Map(view.leases.map((lease) => [lease.id, lease]));
    return Object.fromEntries(
      ids.map((id) => {
        const [leaseId] = view.records[`cities/${id}`] ?? [];
        return [id, leaseId === undefined ? 'free' : (leases.get(leaseId)?.holder.type ?? 'unknown')];
      }),
    );
  } finally {
    socket.disconnect();
  }
}

/** Records the holders of a city from now on, as the server reports them: actor ids, or "free". */
export async function watchHolder(
  url: string,
  token: string,
  id: number,
): Promise<{ seen: string[]; close(): void }> {
  const socket = await openChannel(url, token);
  const key = `cities/${id}`;
  const known = new Map<string, Lease>();
  const seen: string[] = [];
  const note = (view: View) => {
    for (const lease of view.leases) known.set(lease.id, lease);
    const leaseIds = view.records[key];
    if (leaseIds === undefined) return;
    const [leaseId] = leaseIds;
    seen.push(leaseId === undefined ? 'free' : (known.get(leaseId)?.holder.actor.id ?? 'unknown'));
  };
  socket.on('changes', note);
  const view = await ask<View>(socket, 'watch', { records: [key] });
  if (!view.ok) throw new Error(view.error.message);
  note(view);
  return { seen, close: () => socket.disconnect() };
}
