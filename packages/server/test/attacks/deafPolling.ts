/** A client that sends by HTTP long polling, and never polls. All answers stay in the memory of the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ADDRESS_HEADER, type Counts, type Target } from './rawSocket.ts';

const PAUSE_MS = 800;

/** Sends the packets, and then the last one again and again. If the server ends the connection, it makes a new one. */
export async function leavePollsUnread(
  target: Target,
  packets: readonly string[],
  counts: Counts,
): Promise<never> {
  for (;;) {
    await sendUntilEnded(target, packets, counts);
    counts.ended += 1;
  }
}

async function sendUntilEnded(
  { port, address }: Target,
  packets: readonly string[],
  counts: Counts,
): Promise<void> {
  const url = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`;
  const headers = { [ADDRESS_HEADER]: address };
  const opened = await (await fetch(url, { headers })).text();
  counts.opened += 1;
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  for (let sent = 0; ; sent++) {
    const body = packets[Math.min(sent, packets.length - 1)]!;
    const response = await fetch(`${url}&sid=${sid}`, { method: 'POST', headers, body });
    if (!response.ok) return;
    counts.messages += 1;
    await sleep(PAUSE_MS);
  }
}
