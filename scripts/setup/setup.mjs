import { findChromium } from './chromium.mjs';
import { installPackages } from './packages.mjs';
import { findRedis } from './redis.mjs';

/** The steps that make a machine with Node and npm ready; each is a title and its work, for createSteps().run. */
export function setupSteps({ redis = true, redisProgram = false, browser = false } = {}) {
  return [
    { title: 'Packages', work: installPackages },
    ...(redis ? [{ title: 'Redis', work: (say) => findRedis(say, { program: redisProgram }) }] : []),
    ...(browser ? [{ title: 'Chromium', work: findChromium }] : []),
  ];
}
