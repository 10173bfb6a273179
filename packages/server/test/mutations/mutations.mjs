import { readFileSync } from 'node:fs';
import { provingMutations } from './provingMutations.mjs';
import { sharingMutations } from './sharingMutations.mjs';

const lua = new URL('../../src/locks/registry/lua/', import.meta.url);

/**
 * Deliberate mistakes that the contract suite must find. Each is `{ name, means, file, from, to }`: the mistake in words,
 * and the text of a script (below `src/locks/registry/lua`) with its replacement. It is replaced in memory only: see
 * `applyMutation.mjs`.
 */
export const mutations = [
  ...provingMutations,
  ...sharingMutations,
  {
    name: 'ENDED_BLOCKS',
    means: 'a lease that has ended still blocks',
    file: 'include/records.lua',
    from: 'standing = standingOf(leaseId) or false',
    to: "standing = standingOf(leaseId) or 'held'",
  },
  {
    name: 'WAITING_OWNS',
    means: 'a waiting lease counts as one in force',
    file: 'include/leases.lua',
    from: 'return isInForce(leaseId) and isSecretOf(leaseId, secret)',
    to: 'return isSecretOf(leaseId, secret)',
  },
  {
    name: 'NO_MARK',
    means: 'records are acquired without the intention marks on the records above them',
    file: 'include/write.lua',
    from: "redis.call('HSET', prefix .. 'marks:' .. node, leaseId, mark)",
    to: '',
  },
  {
    name: 'NO_MARK_OF_ONE',
    means: 'a single record is acquired without the intention mark on the record above it',
    file: 'include/acquireSingle.lua',
    from: "redis.call('HSET', prefix .. 'marks:' .. node, leaseId, 'x')",
    to: '',
  },
  {
    name: 'ONE_IS_FREE',
    means: 'a single record is acquired although another lease holds it',
    file: 'include/acquireSingle.lua',
    from: "if not other or redis.call('HEXISTS', prefix .. 'hb', other) == 1",
    to: 'if not other',
  },
  {
    name: 'ONE_BELOW_ALL',
    means: 'a single record is acquired below a lock on the whole resource',
    file: 'include/acquireSingle.lua',
    from: 'if entries[2] then return nil end',
    to: '',
  },
  {
    name: 'ONE_BELOW_ANOTHER',
    means: 'a single record is acquired below a lock on a record above it',
    file: 'include/acquireSingle.lua',
    from: "if redis.call('HEXISTS', prefix .. 'rec:' .. resourceAbove, idAbove) == 1 then return nil end",
    to: '',
  },
  {
    name: 'ONE_ABOVE_OTHERS',
    means: 'a single subtree is acquired although records below it are locked',
    file: 'include/acquireSingle.lua',
    from: "if caret ~= '' and redis",
    to: 'if false and redis',
  },
  {
    name: 'ONE_OUTRUNS_ONE_WAITING',
    means: 'a single record is acquired although an earlier request waits for it',
    file: 'include/acquireSingle.lua',
    from: "or redis.call('HEXISTS', prefix .. 'pending', other) == 1",
    to: '',
  },
  {
    name: 'ONE_IN_RESTART_GRACE',
    means: 'a single record is acquired during the restart grace',
    file: 'include/acquireSingle.lua',
    from: "or known[2] == '1'",
    to: '',
  },
  {
    name: 'NODE_LOCKS_BELOW',
    means: 'a lock on a record alone counts as a lock on its subtree',
    file: 'include/verdicts.lua',
    from: 'if token.isSubtree and token.leaseId ~= request.self',
    to: 'if token.leaseId ~= request.self',
  },
  {
    name: 'SHARED_JOINS_ALL',
    means: 'a shared request also shares records that are held exclusively',
    file: 'include/verdicts.lua',
    from: 'elseif not request.isExclusive and not token.isExclusive then',
    to: 'elseif not request.isExclusive then',
  },
  {
    name: 'RELEASE_BY_ANYBODY',
    means: 'a lease is released without its secret',
    file: 'include/ends.lua',
    from: 'if fields[1] ~= secret then return nil end',
    to: '',
  },
  {
    name: 'TWO_OWNERS',
    means: 'the old secret stays valid after a transfer',
    file: 'include/transfers.lua',
    from: "redis.call('HSET', key, 'secret', newSecret, 'holder'",
    to: "redis.call('HSET', key, 'holder'",
  },
  {
    name: 'TRANSFER_KEEPS_FENCE',
    means: 'the new holder of a transferred lease gets the old fence',
    file: 'include/transfers.lua',
    from: "'fence', nextFence()",
    to: "'fence', redis.call('HGET', key, 'fence')",
  },
  {
    name: 'EXTEND_KEEPS_FENCE',
    means: 'a lease gets more records under its old fence',
    file: 'extend.lua',
    from: 'local fence = countFence()',
    to: "local fence = redis.call('HGET', key, 'fence')",
  },
  {
    name: 'WAITING_KEEPS_FENCE',
    means: 'a waiting lease comes into force with a fence from the time of its request',
    file: 'include/ends.lua',
    from: 'local fence = nextFence()',
    to: 'local fence = leaseId',
  },
  {
    name: 'FENCES_BEGIN_AGAIN',
    means: 'after a loss of data the fences start at 1 again',
    file: 'include/epoch.lua',
    from: 'asInteger(math.max(last + FENCES_PER_SECOND, floor))',
    to: 'asInteger(last)',
  },
  {
    name: 'EXPIRE_BLIND',
    means: 'a lease expires without a comparison of its heartbeat',
    file: 'expire.lua',
    from: 'if now ~= seen then',
    to: 'if not now then',
  },
  {
    name: 'SWEEP_BLIND',
    means: 'the sweeper clears an entry without comparing its lease',
    file: 'sweep.lua',
    from: 'if entry == leaseId then',
    to: 'if entry then',
  },
  {
    name: 'PART_OF_IT',
    means: 'a refused request acquires the free records',
    file: 'include/acquire.lua',
    from: "(onConflict == 'refuse' or not narrow(request, chunks))",
    to: 'not narrow(request, chunks)',
  },
  {
    name: 'BARGING',
    means: 'a new request overtakes the waiters',
    file: 'include/verdicts.lua',
    from: "elseif standing == 'waiting' and (request.isForced or",
    to: "elseif standing == 'waiting' and (true or",
  },
  {
    name: 'ACQUIRED_MOVES_NOBODY_UP',
    means: 'the waiters after a lease that comes into force keep their positions',
    file: 'include/ends.lua',
    from: '(movedUp[blocked] or 0) + WAITS',
    to: 'nil',
  },
  {
    name: 'STOPPING_MOVES_NOBODY_UP',
    means: 'the waiters after a request that stops waiting keep their positions',
    file: 'include/ends.lua',
    from: 'wasWaiting and WAITS + 1 or 1',
    to: '1',
  },
  {
    name: 'NO_DEADLOCK_CHECK',
    means: 'two requests may wait for each other forever',
    file: 'acquireOrWait.lua',
    from: 'if isWaiting and not isNewHolder and wouldDeadlock(request, holder) then',
    to: 'if false then',
  },
  {
    name: 'FREED_WAKES_NOBODY',
    means: 'a request that waits for freed records waits until the whole lease ends',
    file: 'include/releaseRecords.lua',
    from: 'for waiting, overlaps in pairs(behind) do reduceOverlaps(waiting, leaseId, overlaps) end',
    to: '',
  },
  {
    name: 'PARTS_IN_FORCE',
    means: 'a lease in parts is in force from its first part on',
    file: 'include/leases.lua',
    from: "return string.sub(value, 1, 1) == 'w' and 'waiting' or 'partial'",
    to: "return string.sub(value, 1, 1) == 'w' and 'waiting' or 'held'",
  },
  {
    name: 'PARTS_NOT_BROKEN',
    means: 'a lease in parts comes into force although another lease has acquired a part',
    file: 'include/write.lua',
    from: "for other in pairs(request.broken) do redis.call('HSET', leaseKey(other), 'isBroken', 1) end",
    to: '',
  },
  {
    name: 'COMMIT_BROKEN',
    means: 'the last step of a lease in parts does not check whether another lease has acquired a part',
    file: 'commitParts.lua',
    from: "if not isOpen or redis.call('HEXISTS', key, 'isBroken') == 1 then",
    to: 'if not isOpen then',
  },
  {
    name: 'EVICT_ANY',
    means: 'a takeover acquires records of a lease that it does not name',
    file: 'takeOver.lua',
    from: "if #request.blockers > 0 then return { 'conflict', conflictReport(request) } end",
    to: '',
  },
  {
    name: 'MOVE_FROM_ANYBODY',
    means: 'a tab takes over from another user, or from a task, because the lease was its own once',
    file: 'takeOver.lua',
    from: "return present.type == 'person' and present.actor.id == cjson.decode(by).id",
    to: 'return true',
  },
  {
    name: 'SHARE_WITH_ANYBODY',
    means: 'a lease that shares with the tabs of its user shares with those of other users too',
    file: 'include/verdicts.lua',
    from: 'sharerOf(leaseRow(leaseId)[2]) == request.sharer',
    to: 'sharerOf(leaseRow(leaseId)[2])',
  },
  {
    name: 'SHARE_UNASKED',
    means: 'a lease that does not share is shared with another tab of its user',
    file: 'include/sharing.lua',
    from: `if not holder or not string.find(holder, '"sharesWithUser":true', 1, true) then return nil end`,
    to: 'if not holder then return nil end',
  },
  {
    name: 'NO_RESTART_GRACE',
    means: 'new holders are served directly after a restart',
    file: 'include/acquire.lua',
    from: "if isGrace then return refuse({ 'grace', runId }) end",
    to: '',
  },
  {
    name: 'ENDED_COME_BACK',
    means: 'a lease that had ended is acquired again after a restart',
    file: 'acquirePart.lua',
    from: "if not isGrace or (isFirst and hasEnded) then return { 'lost' } end",
    to: "if not isGrace then return { 'lost' } end",
  },
];

/** The script's text with the mistake in it. Throws unless the text to replace occurs exactly once. */
export function mutate(text, { name, file, from, to }) {
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new Error(
      `${name}: ${JSON.stringify(from)} occurs ${parts.length - 1} times in src/locks/registry/lua/${file}, and must occur once. ` +
        'Adapt the mutation in mutations/mutations.mjs to the script.',
    );
  }
  return parts.join(to);
}

/** The present text of a mutation's script. */
export const scriptOf = ({ file }) => readFileSync(new URL(file, lua), 'utf8');

/** The mutations with these names, or all without names. Throws if a name is unknown. */
export function chooseMutations(names) {
  const unknown = names.find((name) => !mutations.some((mutation) => mutation.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no mutation "${unknown}". Use some of these: ${mutations.map(({ name }) => name).join(', ')}.`,
    );
  }
  return names.length === 0 ? mutations : mutations.filter(({ name }) => names.includes(name));
}
