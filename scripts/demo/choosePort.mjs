import { nextFreePort, whyTaken } from '../lib/ports.mjs';
import { SetupError } from '../lib/SetupError.mjs';

const DEFAULT_PORT = 3000;

/** PORT, which must then be free, or the first free one from 3000 upwards: `{ port, note? }`. */
export async function choosePort(wanted = process.env.PORT) {
  if (wanted === undefined || wanted === '') {
    const port = await nextFreePort(DEFAULT_PORT);
    return port === DEFAULT_PORT
      ? { port }
      : { port, note: `Port ${DEFAULT_PORT} is taken; using ${port} instead.` };
  }
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new SetupError(`PORT=${wanted} is not a port.`, {
      ways: ['give a number from 1 to 65535, or none'],
    });
  }
  const reason = await whyTaken(port);
  if (reason === undefined) return { port };
  throw new SetupError(
    reason === 'EACCES'
      ? `PORT=${port} needs rights that you do not have.`
      : `PORT=${port} is taken by another program (${reason}).`,
    {
      ways: [
        'end that program',
        `or choose another port: PORT=${port < 60_000 ? port + 1 : 3000} npm run demo`,
        'or set none, and a free one is found',
      ],
    },
  );
}
