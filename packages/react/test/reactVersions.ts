/** The tests in a browser run again with the oldest versions of React that Rowlock supports, and with React's compiler. */
import { browserProject } from './browserProject.ts';

/** Tests of the network, of timers and of style sheets, which React has no part in. */
const exclude = [
  '**/brokenNetwork.browser.test.tsx',
  '**/cssResets.browser.test.tsx',
  '**/networkEvents.*',
  '**/announcer/**',
];

export const reactVersions = [
  browserProject({ name: 'react-18.3', version: '18.3.', suffix: '18', exclude }),
  browserProject({ name: 'react-19.0', version: '19.0.0', suffix: '19-0', exclude }),
  browserProject({ name: 'react-compiled', isCompiled: true, exclude }),
  // Without the root's conditions, which are those of Node.
].map((project) => ({ extends: false as const, ...project }));
