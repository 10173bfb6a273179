/** Browser → server over the live channel: one schema a message; the message types are inferred from them. */
import { leaseMessages } from './messages/leaseMessages.ts';
import { sessionMessages } from './messages/sessionMessages.ts';
import { taskMessages } from './messages/taskMessages.ts';
import { watchMessages } from './messages/watchMessages.ts';

export const clientMessages: typeof watchMessages &
  typeof leaseMessages &
  typeof taskMessages &
  typeof sessionMessages = {
  ...watchMessages,
  ...leaseMessages,
  ...taskMessages,
  ...sessionMessages,
};
