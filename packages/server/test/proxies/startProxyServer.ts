/** The proxies of `examples/proxies` as they are, before servers of a test: only the addresses are replaced. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startProcess } from '@rowlock/test-utils';
import { onTestFinished } from 'vitest';

export const PROXY_PROGRAMS = ['HAProxy', 'nginx'] as const;
export type ProxyProgram = (typeof PROXY_PROGRAMS)[number];

const EXAMPLES = fileURLToPath(new URL('../../../../examples/proxies/', import.meta.url));
const EXAMPLE = { HAProxy: 'haproxy.cfg', nginx: 'nginx.conf' };
/** The addresses in the examples */
const OWN = '127.0.0.1:8080';
const SERVERS = ['127.0.0.1:4101', '127.0.0.1:4102'];

/**
 * Starts a proxy before two servers. It ends with the test. Returns its URL.
 * @param isSticky whether a browser stays on one server
 */
export async function startProxyServer(
  program: ProxyProgram,
  urls: readonly [string, string],
  { isSticky }: { isSticky: boolean },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rowlock-proxy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const example = await readFile(join(EXAMPLES, EXAMPLE[program]), 'utf8');
  const chosen = isSticky ? example : withoutStickyLines(example);
  const addresses = [
    [OWN, `127.0.0.1:${port}`],
    ...SERVERS.map((address, i) => [address, new URL(urls[i]!).host]),
  ] as [string, string][];
  const path = join(folder, EXAMPLE[program]);
  await writeFile(path, addresses.reduce(replaceAddress, chosen));
  const started = await startProcess(await commandOf(program, path, folder));
  onTestFinished(async () => {
    await started.stop();
  });
  return `http://127.0.0.1:${port}`;
}

function replaceAddress(text: string, [from, to]: [string, string]): string {
  if (text.includes(from)) return text.replaceAll(from, to);
  throw new Error(`The example has no ${from}. Name the address that it has.`);
}

/** Without the marked lines, and without what names the servers in a cookie. */
const withoutStickyLines = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.endsWith('# sticky'))
    .map((line) => line.replace(/ cookie \w+$/, ''))
    .join('\n');

async function commandOf(program: ProxyProgram, path: string, folder: string) {
  const env = { PATH: `${process.env.PATH}:/usr/sbin` };
  if (program === 'HAProxy') return { command: 'haproxy', args: ['-db', '-f', path], env };
  const main = join(folder, 'main.conf');
  await writeFile(main, mainOfNginx(path, folder));
  return { command: 'nginx', args: ['-p', folder, '-c', main], env };
}

/** The file that includes the example, as Debian's includes `conf.d`. All that it writes is in the folder. */
const mainOfNginx = (path: string, folder: string): string => `
daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${path};
}
`;
