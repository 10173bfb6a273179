import type { RecordChange } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { getChangeFacts } from './getChangeFacts.ts';

const ann = { id: 'ann', name: 'Ann Lee' };
const bo = { id: 'bo', name: 'Bo' };
const change = (fields: Partial<RecordChange>): RecordChange => ({
  ...{ version: 2, recordCount: 1, records: ['cities/1'], how: 'write', at: 1_000 },
  ...fields,
});

describe('the authors of changes of a row', () => {
  it('Each person is named once, the newest first, and the newest change has the time', () => {
    const changes = [change({ actor: bo, at: 3_000 }), change({ actor: ann }), change({ actor: bo })];
    expect(getChangeFacts(changes, 'cy')).toEqual({
      names: ['Bo', 'Ann Lee'],
      isMe: false,
      isTask: false,
      changedAt: 3_000,
    });
  });

  it('The user may have done it in another tab', () => {
    expect(getChangeFacts([change({ actor: ann })], 'ann').isMe).toBe(true);
    expect(getChangeFacts([change({ actor: ann }), change({ actor: bo })], 'ann').isMe).toBe(false);
  });

  it('A task has done it on behalf of a user', () => {
    expect(getChangeFacts([change({ how: 'task', actor: ann })], 'ann')).toMatchObject({
      names: ['Ann Lee'],
      isMe: false,
      isTask: true,
    });
  });

  it('Nobody knows who has done it if the server no longer does', () => {
    const unknown: RecordChange = { version: 2, recordCount: 1, records: ['cities/1'] };
    expect(getChangeFacts([unknown], 'ann')).toMatchObject({
      names: [],
      isTask: false,
      changedAt: undefined,
    });
    expect(getChangeFacts([], 'ann')).toMatchObject({ names: [], isTask: false });
  });
});
