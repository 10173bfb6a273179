/** The handler of one message. Each message has a file of its own, and `handlers.ts` lists all. */
import type { ClientAnswers, ClientMessageName, ParsedClientMessage } from '@rowlock/protocol';
import type { Session } from '../session/session.ts';

export interface Handler<N extends ClientMessageName> {
  /** How many records the message may name. A longer list is refused before it is parsed. Default: `limits.watchedRecords` */
  mostRecords?: number;
  /** @throws {RowlockError} which becomes the answer */
  handle(session: Session, message: ParsedClientMessage<N>): Promise<ClientAnswers[N]>;
  /** Called when the answer of a success is on its way */
  afterAnswer?(session: Session): void;
}

export type Handlers = { [N in ClientMessageName]: Handler<N> };
