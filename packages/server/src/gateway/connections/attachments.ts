/** The servers on which a tenant is served. */
import type { Server as HttpServer } from 'node:http';
import type { Server, ServerOptions } from 'socket.io';
import type { Logger } from '../../logger.ts';
import { channelOf, type Tenant } from './channel.ts';
import { closeSocketServer, isSocketServer, socketServerOf } from './socketServers.ts';

export interface Attachments {
  /** @throws if the HTTP server has a Socket.IO server that Rowlock did not make */
  attach(server: HttpServer | Server, options?: Partial<ServerOptions>): void;
  /** No new connection reaches the tenant. Returns how to close the servers that no other tenant uses. */
  leave(): () => Promise<void>;
}

export function createAttachments(
  tenant: Tenant,
  { messageBytes, logger }: { messageBytes: number; logger: Logger },
): Attachments {
  /** Each with the HTTP server that Rowlock made it for, if it did */
  const attached = new Map<Server, HttpServer | undefined>();

  return {
    attach(server, options = {}) {
      const isTheirs = isSocketServer(server);
      const io = isTheirs
        ? server
        : socketServerOf(server, { maxHttpBufferSize: messageBytes, ...options }, logger);
      channelOf(io).join(tenant);
      attached.set(io, isTheirs ? undefined : server);
    },

    leave() {
      const unused = [...attached].filter(([io]) => channelOf(io).leave(tenant) === 0);
      return async () => {
        await Promise.all(unused.map(([io, http]) => http && closeSocketServer(http, io)));
      };
    },
  };
}
