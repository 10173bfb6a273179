/** Answers the messages of sessions: keeps to the limits, parses, and calls the message's handler (`handlers.ts`). */
import type { Ack, ClientMessageName } from '@rowlock/protocol';
import type { Logger } from '../../logger.ts';
import { endConnection, engineOf, unreadBytes } from '../connections/connectionBounds.ts';
import type { KeyedRateLimit } from '../rateLimit.ts';
import type { Session } from '../session/session.ts';
import type { Handler } from './handler.ts';
import { createHandlers, type HandlerParts } from './handlers.ts';
import { createMessageRates } from './messageRates.ts';
import { assertMessageName, assertRecordCount, costOf, isMessageName, parseMessage } from './readMessage.ts';
import { refuse } from './refusal.ts';

type Answer = Ack<ClientMessageName>;

interface Handled {
  answer: Answer;
  afterAnswer(): void;
}

/** Listens to all messages of a session. */
export type AnswerMessages = (session: Session) => void;

export interface AnswerMessagesParts extends HandlerParts {
  logger: Logger;
  /** The limit of each user's messages */
  messageRates: Pick<KeyedRateLimit, 'allow'>;
}

export function createAnswerMessages(parts: AnswerMessagesParts): AnswerMessages {
  const { limits, logger, permissions, messageRates } = parts;
  const handlers = createHandlers(parts);
  const assertWithinRates = createMessageRates(limits, messageRates);

  async function handle(session: Session, name: string, payload: unknown): Promise<Handled> {
    assertWithinRates(session, costOf(payload, limits, isMessageName(name) ? handlers[name].cost : 1));
    assertMessageName(name);
    const handler: Handler<ClientMessageName> = handlers[name];
    assertRecordCount(name, payload, handler.mostRecords ?? limits.watchedRecords);
    const answer = await handler.handle(session, parseMessage(name, payload));
    const seen = permissions.redaction.body(session.actor, answer);
    session.noteShown(seen);
    return { answer: { ok: true, ...seen } as Answer, afterAnswer: () => handler.afterAnswer?.(session) };
  }

  /** A client that does not read its answers gets no more of them. */
  function send(session: Session, acknowledge: (answer: Answer) => void, answer: Answer): void {
    const connection = engineOf(session.socket);
    if (unreadBytes(connection) <= limits.unreadBytes) {
      acknowledge(answer);
      return;
    }
    logger.warn(
      `the connection of ${session.actor.id} was ended: it asks for more and has left ${limits.unreadBytes} bytes unread`,
    );
    endConnection(connection);
  }

  return (session) => {
    session.socket.onAny((name: string, ...args: unknown[]) => {
      const { payload, acknowledge } = readArguments(args);
      const reply = (answer: Answer) => {
        if (acknowledge && session.socket.connected) send(session, acknowledge, answer);
      };
      handle(session, name, payload)
        .then(({ answer, afterAnswer }) => {
          reply(answer);
          afterAnswer();
        })
        .catch(async (error: unknown) =>
          reply({ ok: false, error: await refuse(session, name, error, parts) }),
        );
    });
  };
}

/** A message is an object, then the function that acknowledges it. Either may be absent. */
function readArguments(args: readonly unknown[]): {
  payload: unknown;
  acknowledge: ((answer: Answer) => void) | undefined;
} {
  const last = args.at(-1);
  if (typeof last !== 'function') return { payload: args[0], acknowledge: undefined };
  return {
    payload: args.length === 1 ? undefined : args[0],
    acknowledge: last as (answer: Answer) => void,
  };
}
