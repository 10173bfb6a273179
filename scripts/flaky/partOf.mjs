/** The part of `npm test` that runs a test file, by the file's name. */
export function partOf(file) {
  if (/(^|\/)e2e\/.*\.spec\.ts$/.test(file)) return 'e2e';
  if (file.startsWith('stories/')) return 'stories';
  if (file.includes('.browser.test.')) return 'browser';
  if (file.includes('.postgres.test.') || /^apps\/bench\/.*\.redis\.test\./.test(file)) return 'postgres';
  if (file.includes('.redis.test.') || /^(packages\/test-utils|apps\/demo)\//.test(file)) return 'redis';
  return 'unit';
}

/** The files by their parts. If no file is named: each part of `whole`, without files. */
export function filesByPart(files, whole) {
  if (files.length === 0) return new Map(whole.map((part) => [part, []]));
  const groups = new Map();
  for (const file of files) groups.set(partOf(file), [...(groups.get(partOf(file)) ?? []), file]);
  return groups;
}
