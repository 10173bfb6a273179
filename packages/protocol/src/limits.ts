/** Bounds that the server enforces on what a browser sends. The `hello` event contains them. */
export interface Limits {
  /** Records a session may watch at once */
  watchedRecords: number;
  /** Tasks a session may watch by their ids at once */
  watchedTasks: number;
  /** Filters of tasks a session may watch at once */
  watchedTaskFilters: number;
  /** Records a session may watch the viewers of at once */
  presenceRecords: number;
  /** Records that a lease of a session may cover, and one message about a lease may name */
  acquiredRecords: number;
  /** Leases a session may hold or wait for at once */
  heldLeases: number;
  /** Size of one message in bytes. A larger message ends the connection, since it is refused before it is read */
  messageBytes: number;
  /**
   * Messages a session may send in 10 s. A message counts once more for each 100 records in it; `launch`, `preview`,
   * `retry` and `listBlockers` count as 10. A session that sends twice as many loses its connection
   */
  messagesPer10s: number;
  /**
   * Messages that all sessions of a user together may send in 10 s, in one server process. A
   * connection that ends because it floods counts as two of `messagesPer10s`. Beyond the limit handshakes are refused, too
   */
  messagesPer10sOfUser: number;
  /** Bytes a connection may send in 10 s, its handshake included. More ends the connection */
  bytesPer10s: number;
  /** Bytes of answers that a connection may leave unread when it asks for more. More ends the connection */
  unreadBytes: number;
  /** Connections of a user in one server process */
  connectionsOfUser: number;
  /**
   * Handshakes from one address that may be refused in 10 s, in one server process. A handshake counts once more for
   * each 16 KiB of its `auth`. Beyond the limit the server accepts no connection from that address for a while
   */
  refusalsPer10sOfAddress: number;
  /**
   * Open handshakes of one address, in one server process: connections that have begun, and were not admitted yet. Further
   * ones are refused
   */
  openHandshakesOfAddress: number;
}

export const DEFAULT_LIMITS: Limits = {
  watchedRecords: 5_000,
  watchedTasks: 500,
  watchedTaskFilters: 20,
  presenceRecords: 200,
  acquiredRecords: 1_000,
  heldLeases: 50,
  messageBytes: 2_097_152,
  messagesPer10s: 200,
  messagesPer10sOfUser: 1_000,
  bytesPer10s: 4_194_304,
  unreadBytes: 4_194_304,
  connectionsOfUser: 100,
  refusalsPer10sOfAddress: 100,
  openHandshakesOfAddress: 200,
};
