// Checks the built packages with are-the-types-wrong: the types of each entry resolve, and say of what kind its code is.

import { packageFolder, publishedPackages } from './publishedPackages.mjs';
import { typeProblems } from './typeProblems.mjs';

const problems = await Promise.all(publishedPackages.map((name) => typeProblems(packageFolder(name))));
for (const problem of problems.flat()) console.error(problem);
process.exitCode = problems.flat().length === 0 ? 0 : 1;
