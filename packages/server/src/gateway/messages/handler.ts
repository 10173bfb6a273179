/** The handler of one message. Each message has a file of its own, and `handlers.ts` lists all. */
import type { ClientAnswers, ClientMessageName, ParsedClientMessage } from '@rowlock/protocol';
import type { Session } from '../session/session.ts';

/** The cost of a message that lets the application select records, or reads all records of leases. */
export const SELECTION_COST = 10;

export interface Handler<N extends ClientMessageName> {
  /** How many messages it counts as, without the records that it names. Default 1 */
  cost?: number;
  /** How many records the message may name. A longer list is refused before it is parsed. Default: `limits.watchedRecords` */
  mostRecords?: number;
  /** @throws {RowlockError} which becomes the answer */
  handle(session: Session, message: ParsedClientMessage<N>): Promise<ClientAnswers[N]>;
  /** Called when the answer of a success is on its way */
  afterAnswer?(session: Session): void;
}

export type Handlers = { [N in ClientMessageName]: Handler<N> };
