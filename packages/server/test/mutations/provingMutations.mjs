/** Mistakes in what proves the leases of a write. */
export const provingMutations = [
  {
    name: 'HOLDER_OF_ANY_ACTOR',
    means: 'a holder proves the leases of another actor under the same id',
    file: 'proveHolder.lua',
    from: ' or holder.actor.id ~= actorId',
    to: '',
  },
  {
    name: 'HOLDER_OF_ANY_ID',
    means: 'a holder proves the leases of other holders of its actor',
    file: 'proveHolder.lua',
    from: ' or holder.id ~= holderId',
    to: '',
  },
  {
    name: 'HOLDER_OF_ENDED_LEASE',
    means: 'a holder proves leases that have ended, or that wait',
    file: 'proveHolder.lua',
    from: 'if not isInForce(leaseId) then return false end',
    to: '',
  },
  {
    name: 'RAISED_FENCE_OF_ENDED_LEASE',
    means: 'fences are raised also if a lease has ended',
    file: 'raiseFences.lua',
    from: 'if not proves(ARGV[i], ARGV[i + 1]) then return { false, ARGV[i] } end',
    to: '',
  },
  {
    name: 'ONE_RAISED_FENCE',
    means: 'only the first lease of a write gets the new fence',
    file: 'raiseFences.lua',
    from: 'for i = 2, #ARGV, 2 do redis',
    to: 'for i = 2, 2, 2 do redis',
  },
  {
    name: 'SHARED_PROVES_WRITE',
    means: 'a shared lease covers the records of a write',
    file: 'include/uncovered.lua',
    from: 'if token.isExclusive and ',
    to: 'if ',
  },
];
