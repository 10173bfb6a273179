import { browserProject } from './test/browserProject.ts';

/** Hooks and components, in a real browser, with the newest React. */
export default browserProject({ name: 'react-browser' });
