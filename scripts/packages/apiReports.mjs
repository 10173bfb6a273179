import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { readManifest, typedEntries } from './publishedPackages.mjs';

const REPORTS = 'api';
const QUIET = { default: { logLevel: 'none' } };

/** The reports of a built package, one for each entry point: `[{ file, text }]`. `file` is where the report belongs. */
export function apiReports(folder) {
  const manifest = readManifest(folder);
  const reports = mkdtempSync(join(tmpdir(), 'rowlock-api-'));
  try {
    return typedEntries(folder, manifest).map(({ path, types }) => {
      const name = `${[basename(folder), ...path.split('/').slice(1)].join('-')}.api.md`;
      extract({ folder, types, reports, name });
      const report = readFileSync(join(reports, name), 'utf8');
      return {
        file: join(folder, REPORTS, name),
        text: withOwnHead(report, join(manifest.name, path)),
      };
    });
  } finally {
    rmSync(reports, { recursive: true });
  }
}

/** How the committed reports of a package differ from these. A line for each difference, by file. */
export function reportDifferences(folder, reports) {
  const committed = existsSync(join(folder, REPORTS)) ? readdirSync(join(folder, REPORTS)) : [];
  const gone = committed.filter((name) => !reports.some(({ file }) => basename(file) === name));
  return [
    ...reports.flatMap(({ file, text }) => {
      const was = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return was === text ? [] : [relative(folder, file), ...changedLines(was, text)];
    }),
    ...gone.map((name) => `${REPORTS}/${name} belongs to no entry point`),
  ];
}

function extract({ folder, types, reports, name }) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      newlineKind: 'lf',
      mainEntryPointFilePath: types,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2023',
            lib: ['es2023', 'dom', 'dom.iterable', 'esnext.disposable'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            strict: true,
            skipLibCheck: true,
          },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        // A type that the API uses without exporting it is a part of the API.
        includeForgottenExports: true,
        reportFileName: name,
        reportFolder: reports,
        reportTempFolder: join(reports, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: QUIET,
        tsdocMessageReporting: QUIET,
      },
    },
  });
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = message.logLevel !== 'error';
    },
  });
  if (!succeeded) throw new Error(`API Extractor cannot read the types of ${types}`);
}

/** API Extractor marks each thing without a comment. Comments are the prose check's business. */
function withOwnHead(report, entry) {
  const code = report
    .slice(report.indexOf('```ts'))
    .replaceAll(/^ *\/\/ \(undocumented\)\n| \(undocumented\)$/gm, '');
  return `# Public API of \`${entry}\`\n\nThis page is written by \`pnpm api-report\`. Review its changes as changes of the API.\n\n${code}`;
}

/** Lines that only one of two texts has. */
function changedLines(was, is) {
  const [before, after] = [was, is].map((text) => text.split('\n'));
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}
