import { join } from 'node:path';
import {
  acquireBodySchema,
  clientMessages,
  DEFAULT_LIMITS,
  ERRORS,
  extendBodySchema,
  FINAL_TASK_STATES,
  launchBodySchema,
  previewBodySchema,
  releaseBodySchema,
  renewBodySchema,
  retryBodySchema,
  TASK_STATES,
  takeOverBodySchema,
  valueSchemas,
} from '../../packages/protocol/src/index.ts';
import { LOG_KINDS } from '../../packages/server/src/changeLog/entry.ts';
import { taskQuerySchema } from '../../packages/server/src/http/routes/taskQuery.ts';
import { root } from '../lib/paths.mjs';
import { readLogWriters } from './logWriters.mjs';
import { code, table } from './markdown.mjs';
import { readTypes } from './readTypes.mjs';
import { jsonSchema, schemaFields } from './schemaFields.mjs';

const protocol = (name) => join(root, 'packages/protocol/src', `${name}.ts`);
const server = (path) => join(root, 'packages/server/src', path);

/** The types that the page shows as views, in this order. */
const VIEWS = [
  'Actor',
  'Holder',
  'LeaseView',
  'OwnedLease',
  'OwnedWaitingLease',
  'TaskView',
  'ProgressView',
  'Conflict',
  'Blocker',
  'AwaitedLease',
  'RecordChange',
  'ResourceView',
  'ResourceLock',
  'ResourceLockPage',
  'Viewers',
  'Launched',
  'Preview',
  'View',
  'ErrorBody',
];

/** The files of the protocol whose types the page shows. */
const SOURCES = [
  'lease',
  'task',
  'conflict',
  'blocker',
  'change',
  'errors',
  'launch',
  'limits',
  'channel',
  'http',
  'ownLease',
  'resource',
  'releaseRequest',
  'presence',
];

/** The parts of PROTOCOL.md that come from the sources: Markdown by the name of the part. */
export function protocolSections() {
  const types = readTypes(
    ...SOURCES.map(protocol),
    server('changeLog/entry.ts'),
    server('tasks/store/taskArchive.ts'),
  );
  const views = (...names) => names.map((name) => view(name, known(types, name))).join('\n\n');
  const list = (heading, name) => listTable(heading, known(types, name).entries);

  return {
    values: table(
      ['value', 'form'],
      valueSchemas.map(jsonSchema).map(({ title, description }) => [code(title), description]),
    ),
    'task states': table(
      ['state', 'final', 'meaning'],
      [...types.OPEN_TASK_STATES.entries, ...types.FINAL_TASK_STATES.entries]
        .toSorted((a, b) => TASK_STATES.indexOf(a.name) - TASK_STATES.indexOf(b.name))
        .map(({ name, doc }) => [code(name), FINAL_TASK_STATES.includes(name) ? 'yes' : 'no', doc]),
    ),
    'lock modes': list('mode', 'LOCK_MODES'),
    'lock scopes': list('scope', 'LOCK_SCOPES'),
    'on conflict': list('onConflict', 'ON_CONFLICT'),
    'holder types': list('type', 'HOLDER_TYPES'),
    'lease ends': list('reason', 'LEASE_ENDS'),
    'change origins': list('how', 'CHANGE_ORIGINS'),
    views: views(...VIEWS),
    limits: table(
      ['limit', 'default', 'meaning'],
      known(types, 'Limits').members.map(({ name, doc }) => [
        code(name),
        DEFAULT_LIMITS[name].toLocaleString('en-US'),
        doc,
      ]),
    ),
    'client messages': clientMessageTables(known(types, 'ClientAnswers')),
    'server events': [
      table(
        ['event', 'payload', 'meaning'],
        known(types, 'ServerEvents').members.map(({ name, type, doc }) => [
          code(name),
          code(/\(\w+: (\w+)\)/.exec(type)[1]),
          doc,
        ]),
      ),
      views(
        'Hello',
        'LeaseLost',
        'LeaseWaiting',
        'LeaseAcquired',
        'ReleaseRequested',
        'ReleaseAnswered',
        'Certainty',
      ),
    ].join('\n\n'),
    'task query': fieldTable(schemaFields(taskQuerySchema, valueSchemas)),
    'http bodies': httpBodies(views),
    errors: table(
      ['code', 'status', 'title', 'when'],
      known(types, 'ERRORS').entries.map(({ name, doc }) => [
        code(name),
        String(ERRORS[name].status),
        ERRORS[name].title,
        doc,
      ]),
    ),
    'log entries': logTable(types),
    'task events': list('event', 'TASK_EVENTS'),
  };
}

const httpBodies = (views) =>
  [
    views('ReleaseBeacon', 'LeaseSecret'),
    body('AcquireBody', '/leases', acquireBodySchema),
    body('TakeOverBody', '/leases/take-over', takeOverBodySchema),
    body('RenewBody', '/leases/:id/renew', renewBodySchema),
    body('ExtendBody', '/leases/:id/extend', extendBodySchema),
    body('ReleaseBody', '/leases/:id/release', releaseBodySchema),
    views('LeaseAnswer', 'LeaseStanding', 'OwnLease', 'LeaseRest'),
    body('LaunchBody', '/tasks', launchBodySchema),
    body('PreviewBody', '/preview', previewBodySchema),
    body('RetryBody', '/tasks/:id/retry', retryBodySchema),
    views('TaskFailures', 'FailedRecord', 'TaskLogLine', 'ProblemBody'),
  ].join('\n\n');

function known(types, name) {
  if (types[name]) return types[name];
  throw new Error(
    `PROTOCOL.md shows ${name}, which no source declares. Rename it in scripts/protocolTables/sections.mjs.`,
  );
}

const listTable = (heading, entries) =>
  table(
    [heading, 'meaning'],
    entries.map(({ name, doc }) => [code(name), doc]),
  );

const view = (name, { doc, members }) =>
  `### ${name}\n\n${doc}\n\n${fieldTable(members.map((member) => ({ ...member, meaning: member.doc })))}`;

const body = (name, path, schema) =>
  `### ${name}\n\nBody of \`POST <router>${path}\`.\n\n${fieldTable(schemaFields(schema, valueSchemas))}`;

const fieldTable = (fields) =>
  table(
    ['field', 'type', 'meaning'],
    fields.map(({ name, isOptional, type, meaning }) => [
      code(isOptional ? `${name}?` : name),
      code(type),
      meaning,
    ]),
  );

function clientMessageTables(answers) {
  const answerOf = (name) => answers.members.find((member) => member.name === name);
  const messages = Object.entries(clientMessages);
  return [
    table(
      ['message', 'answer', 'meaning'],
      messages.map(([name, schema]) => {
        const { type, doc } = answerOf(name);
        const answer = type === 'Record<never, never>' ? '{}' : type;
        return [code(name), code(answer), [jsonSchema(schema).description, doc].filter(Boolean).join('. ')];
      }),
    ),
    table(
      ['message', 'field', 'type', 'meaning'],
      messages.flatMap(([name, schema]) =>
        schemaFields(schema, valueSchemas).map((field) => [
          code(name),
          code(field.isOptional ? `${field.name}?` : field.name),
          code(field.type),
          field.meaning,
        ]),
      ),
    ),
  ].join('\n\n');
}

/** Names and fields come from the scripts that append entries; the meaning is that of the exported list of kinds. */
function logTable(types) {
  const writers = readLogWriters(server('.'));
  const docs = new Map(
    [...known(types, 'LEASE_LOG_KINDS').entries, ...known(types, 'LOG_KINDS').entries].map(
      ({ name, doc }) => [name, doc],
    ),
  );
  return table(
    ['kind', 'fields', 'meaning'],
    LOG_KINDS.map((kind) => [code(kind), (writers[kind] ?? []).map(code).join(', '), docs.get(kind)]),
  );
}
