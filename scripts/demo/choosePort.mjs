import { nextFreePort, whyTaken } from '../lib/ports.mjs';
import { SetupError } from '../lib/SetupError.mjs';

export const DEFAULT_PORT = 3000;
const LAST_PORT = 65_535;

/** PORT, which must then be free, or the first free one from 3000 upwards: `{ port, note? }`. */
export async function choosePort({ wanted = process.env.PORT, fallback = DEFAULT_PORT } = {}) {
  if (wanted === undefined || wanted === '') {
    const port = await nextFreePort(fallback);
    return port === fallback ? { port } : { port, note: `Port ${fallback} is taken; using ${port} instead.` };
  }
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > LAST_PORT) {
    throw new SetupError(`PORT=${wanted} is not a port.`, {
      ways: [`give a number from 1 to ${LAST_PORT}, or none`],
    });
  }
  const reason = await whyTaken(port);
  if (reason === undefined) return { port };
  throw new SetupError(
    reason === 'EADDRINUSE'
      ? `PORT=${port} is taken by another program.`
      : `PORT=${port} cannot be used: ${reason}.`,
    {
      ways: [
        `choose another: PORT=${port < LAST_PORT ? port + 1 : DEFAULT_PORT} npm run demo`,
        'or set no PORT, and a free one is found',
        'or end the program that listens there',
      ],
    },
  );
}
