/** Which Socket.IO server serves the live channel: the application's own, or one that Rowlock makes for an HTTP server. */
import type { Server as HttpServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import type { Logger } from '../../logger.ts';
import { notInvited, originCheckOf } from '../../origins.ts';
import { type Channel, channelOf } from './channel.ts';
import type { NewConnection } from './connectionBounds.ts';

const DEFAULT_PATH = '/socket.io';

/** The Socket.IO servers that Rowlock has made, by HTTP server and path: several tenants share one. */
const made = new WeakMap<HttpServer, Map<string, Server>>();

export const isSocketServer = (server: HttpServer | Server): server is Server =>
  typeof (server as Partial<Server>).of === 'function';

/**
 * The Socket.IO server of an HTTP server, made with these options if Rowlock has made none at this path.
 * @throws if the application has one already
 */
export function socketServerOf(http: HttpServer, options: Partial<ServerOptions>, logger: Logger): Server {
  const servers = made.get(http) ?? new Map<string, Server>();
  made.set(http, servers);
  const path = (options.path ?? DEFAULT_PATH).replace(/\/$/, '');
  const present = servers.get(path);
  if (present) return present;
  // With a path of its own the caller has said that the two do not meet.
  if (options.path === undefined) {
    if (hasForeignEngine(http, servers.size)) throw new Error(FOREIGN);
    const lookAgain = () => hasForeignEngine(http, servers.size) && logger.error(FOREIGN);
    if (http.listening) setImmediate(lookAgain);
    else http.once('listening', lookAgain);
  }
  const io: Server = new Server(http, {
    serveClient: false,
    ...options,
    ...invitedOnly(options, () => channelOf(io)),
  });
  io.engine.on('connection', (connection: NewConnection) => channelOf(io).meet(connection));
  servers.set(path, io);
  return io;
}

/**
 * Refuses addresses that have reached a limit and foreign pages before they have a connection, which costs the least. On the application's own server only Rowlock's namespace does so:
 * its others may be meant for any page.
 */
function invitedOnly(options: Partial<ServerOptions>, channel: () => Channel): Partial<ServerOptions> {
  const { allowRequest = (_request, done) => done(null, true), cors } = options;
  return {
    allowRequest(request, done) {
      const { headers, socket } = request;
      if (channel().isBarred({ headers, address: socket.remoteAddress ?? '' })) done(BARRED, false);
      else if (channel().isInvited(originCheckOf(request))) allowRequest(request, done);
      else done(notInvited(headers.origin), false);
    },
    cors: cors ?? {
      origin: (origin, done) => done(null, channel().isListed(origin)),
      credentials: true,
    },
  };
}

/** The last tenant has left. Closes the HTTP server too, as Socket.IO does. */
export async function closeSocketServer(http: HttpServer, io: Server): Promise<void> {
  const servers = made.get(http);
  for (const [path, other] of servers ?? []) if (other === io) servers?.delete(path);
  await io.close();
}

const BARRED =
  'Too many connections from your address were refused within 10 s, or are being opened at this moment. Wait a moment.';

const FOREIGN =
  `This HTTP server already has a Socket.IO server, and two at the path ${DEFAULT_PATH} end the process when the first ` +
  'browser connects. Pass that one: `rowlock.attach(io)`. If its path is another one, say which is yours: ' +
  `\`rowlock.attach(server, { path: '${DEFAULT_PATH}' })\`.`;

/** Engine.IO leaves no better trace on an HTTP server than its bound method `init`, whatever its transports are. */
const hasForeignEngine = (http: HttpServer, known: number): boolean =>
  http.listeners('listening').filter(({ name }) => name === 'bound init').length > known;
