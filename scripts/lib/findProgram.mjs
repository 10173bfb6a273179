import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fetchedProgramsDir } from './paths.mjs';

/** The first of these programs that is on the PATH or was fetched by setup, as a path; else undefined. */
export function findProgram(names, env = process.env) {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), fetchedProgramsDir];
  return names
    .flatMap((name) => (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name))))
    .find(isProgram);
}

export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
