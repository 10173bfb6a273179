import { SetupError } from '../lib/SetupError.mjs';
import { findChromium } from './chromium.mjs';
import { findCompiler } from './compiler.mjs';
import { installPackages } from './packages.mjs';
import { findPostgres } from './postgres.mjs';
import { findProxies } from './proxies.mjs';
import { findRedis } from './redis.mjs';
import { findSpin } from './spin.mjs';

const OLDEST_NODE = 20;

/** The steps that make a machine with Node and npm ready; each is a title and its work, for createSteps().run. */
export function setupSteps({
  redis = true,
  redisProgram = false,
  postgres = false,
  proxies = false,
  compiler = false,
  browser = false,
  spin = false,
} = {}) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE) {
    throw new SetupError(
      `This is Node ${process.versions.node}; Rowlock's scripts need ${OLDEST_NODE} or later.`,
      {
        ways: ['install a current Node: https://nodejs.org'],
      },
    );
  }
  return [
    { title: 'Packages', work: installPackages },
    ...(redis ? [{ title: 'Redis', work: (say) => findRedis(say, { program: redisProgram }) }] : []),
    ...(postgres ? [{ title: 'PostgreSQL', work: findPostgres }] : []),
    ...(proxies ? [{ title: 'Proxies', work: findProxies }] : []),
    ...(compiler ? [{ title: 'Compiler', work: findCompiler }] : []),
    ...(browser ? [{ title: 'Chromium', work: findChromium }] : []),
    ...(spin ? [{ title: 'Spin', work: findSpin }] : []),
  ];
}
