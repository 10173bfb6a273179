import { readFileSync } from 'node:fs';

const lua = new URL('../../src/locks/registry/lua/', import.meta.url);

/**
 * Defects that the contract suite must find out. Each is `{ name, means, file, from, to }`: the mistake in words, and
 * what of a script (below `src/locks/registry/lua`) is read as what else. They are made in memory alone: see `applyMutation.mjs`.
 */
export const mutations = [
  {
    name: 'DEAD_BLOCK',
    means: 'whether the lease in the way is still alive is not asked',
    file: 'include/records.lua',
    from: 'standing = standingOf(leaseId) or false',
    to: "standing = standingOf(leaseId) or 'held'",
  },
  {
    name: 'WAITING_OWNS',
    means: 'who only waits passes for an owner',
    file: 'include/leases.lua',
    from: 'return isInForce(leaseId) and isSecretOf(leaseId, secret)',
    to: 'return isSecretOf(leaseId, secret)',
  },
  {
    name: 'NO_MARK',
    means: 'records are taken without the intention mark on what is above them',
    file: 'include/write.lua',
    from: "redis.call('HSET', prefix .. 'marks:' .. node, leaseId, mark)",
    to: '',
  },
  {
    name: 'NO_MARK_OF_ONE',
    means: 'a single record is taken without the intention mark on what is above it',
    file: 'include/acquireSingle.lua',
    from: "redis.call('HSET', prefix .. 'marks:' .. node, leaseId, 'x')",
    to: '',
  },
  {
    name: 'ONE_IS_FREE',
    means: 'a single record is taken whoever has it',
    file: 'include/acquireSingle.lua',
    from: "if not other or redis.call('HEXISTS', prefix .. 'hb', other) == 1",
    to: 'if not other',
  },
  {
    name: 'ONE_BELOW_ALL',
    means: 'a single record is taken under a lock on the whole resource',
    file: 'include/acquireSingle.lua',
    from: 'if entries[2] then return nil end',
    to: '',
  },
  {
    name: 'ONE_BELOW_ANOTHER',
    means: 'a single record is taken under a lock on what is above it',
    file: 'include/acquireSingle.lua',
    from: "if redis.call('HEXISTS', prefix .. 'rec:' .. resourceAbove, idAbove) == 1 then return nil end",
    to: '',
  },
  {
    name: 'ONE_ABOVE_OTHERS',
    means: 'one record is taken with its subtree whatever is locked below it',
    file: 'include/acquireSingle.lua',
    from: "if caret ~= '' and redis",
    to: 'if false and redis',
  },
  {
    name: 'ONE_OUTRUNS_ONE_WAITING',
    means: 'a single record is taken before somebody who waits for it',
    file: 'include/acquireSingle.lua',
    from: "or redis.call('HEXISTS', prefix .. 'pending', other) == 1",
    to: '',
  },
  {
    name: 'ONE_IN_GRACE',
    means: 'a single record is taken in the term of grace',
    file: 'include/acquireSingle.lua',
    from: "or known[2] == '1'",
    to: '',
  },
  {
    name: 'NODE_LOCKS_BELOW',
    means: 'a lock on a node alone is taken for one on all that is below it',
    file: 'include/verdicts.lua',
    from: 'if token.isSubtree and token.leaseId ~= request.self',
    to: 'if token.leaseId ~= request.self',
  },
  {
    name: 'SHARED_JOINS_ALL',
    means: 'a shared request also shares what is held exclusively',
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
    means: 'the old secret stays good after a transfer',
    file: 'include/transfers.lua',
    from: "redis.call('HSET', key, 'secret', newSecret, 'holder'",
    to: "redis.call('HSET', key, 'holder'",
  },
  {
    name: 'TRANSFER_KEEPS_FENCE',
    means: 'a new holder gets the fence of the one before',
    file: 'include/transfers.lua',
    from: "'fence', nextFence()",
    to: "'fence', redis.call('HGET', key, 'fence')",
  },
  {
    name: 'EXTEND_KEEPS_FENCE',
    means: 'a lease gets more records under the fence that it had',
    file: 'extend.lua',
    from: 'local fence = countFence()',
    to: "local fence = redis.call('HGET', key, 'fence')",
  },
  {
    name: 'GRANT_KEEPS_FENCE',
    means: 'who has waited gets the fence of the time when it came',
    file: 'include/ends.lua',
    from: 'local fence = nextFence()',
    to: 'local fence = leaseId',
  },
  {
    name: 'FENCES_BEGIN_AGAIN',
    means: 'after a loss of data the fences begin where the data says, so at 1',
    file: 'include/epoch.lua',
    from: 'asInteger(math.max(last + FENCES_PER_SECOND, floor))',
    to: 'asInteger(last)',
  },
  {
    name: 'EXPIRE_BLIND',
    means: 'a lease expires without comparing its heartbeat',
    file: 'expire.lua',
    from: 'if now ~= seen then',
    to: 'if not now then',
  },
  {
    name: 'SWEEP_BLIND',
    means: 'the sweeper clears an entry without comparing whose it is',
    file: 'sweep.lua',
    from: 'if entry == leaseId then',
    to: 'if entry then',
  },
  {
    name: 'PART_OF_IT',
    means: 'a refused request takes what is free',
    file: 'include/acquire.lua',
    from: "(onConflict == 'refuse' or not narrow(request, chunks))",
    to: 'not narrow(request, chunks)',
  },
  {
    name: 'BARGING',
    means: 'a newcomer steps before those who wait',
    file: 'include/verdicts.lua',
    from: "elseif standing == 'waiting' and (request.isForced or",
    to: "elseif standing == 'waiting' and (true or",
  },
  {
    name: 'GRANT_MOVES_NOBODY_UP',
    means: 'who stands behind a lease that is granted keeps his place',
    file: 'include/ends.lua',
    from: '(movedUp[blocked] or 0) + WAITS',
    to: 'nil',
  },
  {
    name: 'GIVING_UP_MOVES_NOBODY_UP',
    means: 'who stands behind one who gives up keeps his place',
    file: 'include/ends.lua',
    from: 'wasWaiting and WAITS + 1 or 1',
    to: '1',
  },
  {
    name: 'NO_DEADLOCK_CHECK',
    means: 'two may wait for each other for ever',
    file: 'acquireOrWait.lua',
    from: 'if isWaiting and not isNewHolder and wouldDeadlock(request, holder) then',
    to: 'if false then',
  },
  {
    name: 'FREE_TELLS_NOBODY',
    means: 'who waits for records that were let go waits on until the lease ends',
    file: 'include/releaseRecords.lua',
    from: 'for waiting, overlaps in pairs(behind) do reduceOverlaps(waiting, leaseId, overlaps) end',
    to: '',
  },
  {
    name: 'CLAIM_SEEN',
    means: 'a claim in parts is in force from its first part on',
    file: 'include/leases.lua',
    from: "return string.sub(value, 1, 1) == 'w' and 'waiting' or 'partial'",
    to: "return string.sub(value, 1, 1) == 'w' and 'waiting' or 'held'",
  },
  {
    name: 'CLAIM_NOT_BROKEN',
    means: 'a claim in parts comes into force although another has taken a part of it',
    file: 'include/write.lua',
    from: "for other in pairs(request.broken) do redis.call('HSET', leaseKey(other), 'isBroken', 1) end",
    to: '',
  },
  {
    name: 'COMMIT_BROKEN',
    means: 'the last step of a claim in parts does not ask whether another has taken a part of it',
    file: 'commitParts.lua',
    from: "if not isOpen or redis.call('HEXISTS', key, 'isBroken') == 1 then",
    to: 'if not isOpen then',
  },
  {
    name: 'EVICT_ANY',
    means: 'a takeover takes records from a lease that was not named',
    file: 'takeOver.lua',
    from: "if #request.blockers > 0 then return { 'conflict', conflictReport(request) } end",
    to: '',
  },
  {
    name: 'NO_GRACE',
    means: 'after a restart newcomers are served at once',
    file: 'include/acquire.lua',
    from: "if isGrace then return refuse({ 'grace', runId }) end",
    to: '',
  },
  {
    name: 'ENDED_COME_BACK',
    means: 'a lease that had ended is given back after a restart',
    file: 'acquirePart.lua',
    from: "if not isGrace or (isFirst and hasEnded) then return { 'lost' } end",
    to: "if not isGrace then return { 'lost' } end",
  },
];

/** The script's text with the mistake in it. Throws where what it replaces is not there exactly once. */
export function mutate(text, { name, file, from, to }) {
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new Error(
      `${name}: ${JSON.stringify(from)} is ${parts.length - 1} times in src/locks/registry/lua/${file}, and must be there once. ` +
        'Say in mutations/mutations.mjs what the mistake is in the script as it is now.',
    );
  }
  return parts.join(to);
}

/** The script that a mutation is about, as it stands. */
export const scriptOf = ({ file }) => readFileSync(new URL(file, lua), 'utf8');

/** Those with these names; all without a name. Throws where there is none of a name. */
export function chooseMutations(names) {
  const unknown = names.find((name) => !mutations.some((mutation) => mutation.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no mutation "${unknown}". There are: ${mutations.map(({ name }) => name).join(', ')}.`,
    );
  }
  return names.length === 0 ? mutations : mutations.filter(({ name }) => names.includes(name));
}
