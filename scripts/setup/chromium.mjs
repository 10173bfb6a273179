import { findProgram, isProgram } from '../lib/findProgram.mjs';
import { projectEnv, root, workspaceNode } from '../lib/paths.mjs';
import { lastLines, run } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { aptInstall, whyNoApt } from './apt.mjs';

const PROGRAMS = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Sees to it that there is a Chromium: CHROMIUM_PATH, else one on the PATH, else Debian's package, else Playwright's own
 * download. Sets CHROMIUM_PATH to its path, for the tests.
 */
export async function findChromium(say) {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isProgram(given)) return given;
    throw new SetupError(`CHROMIUM_PATH is not a program: ${given}`, {
      ways: ['correct it, or unset it to have one found or installed'],
    });
  }
  const { path, how = '' } = await obtain(say);
  process.env.CHROMIUM_PATH = path;
  return `${path}${how}`;
}

async function obtain(say) {
  const found = findProgram(PROGRAMS);
  if (found !== undefined) return { path: found };

  const tried = [];
  const noApt = whyNoApt();
  if (noApt === undefined) {
    say('apt-get install chromium');
    const { code, output } = await aptInstall('chromium', { say });
    const installed = findProgram([...PROGRAMS, '/usr/bin/chromium']);
    if (code === 0 && installed !== undefined) return { path: installed, how: ', installed by apt-get' };
    tried.push(`apt-get install chromium failed:\n${lastLines(output, 4)}`);
  } else {
    tried.push(`apt-get was not tried: ${noApt}.`);
  }

  const own = await playwrightsOwn();
  if (isProgram(own)) return { path: own, how: ', installed by Playwright' };
  say('playwright install chromium');
  const { output } = await run('playwright', ['install', 'chromium'], {
    cwd: root,
    env: projectEnv(),
    onLine: say,
  });
  if (isProgram(own)) return { path: own, how: ', installed by Playwright' };
  tried.push(`playwright install chromium failed:\n${lastLines(output, 4)}`);

  throw new SetupError('No Chromium: none is on the PATH, and none could be installed.', {
    details: tried.join('\n'),
    ways: [
      'Debian: sudo apt-get install chromium · Fedora: sudo dnf install chromium · macOS: brew install --cask chromium',
      'or say where one is: CHROMIUM_PATH=/path/to/chrome npm test',
      'or run what needs no browser: npm test -- types lint walls hygiene unit redis',
    ],
  });
}

async function playwrightsOwn() {
  const code = "import { chromium } from 'playwright'; console.log(chromium.executablePath());";
  const { output } = await run(workspaceNode, ['--input-type=module', '-e', code], { cwd: root });
  return output.trim();
}
