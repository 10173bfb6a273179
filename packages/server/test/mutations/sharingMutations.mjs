/** Mistakes with leases that several tabs of one user share. */
export const sharingMutations = [
  {
    name: 'TRANSFER_CO_HELD',
    means: 'a lease whose records another tab holds too is transferred to a holder that must be alone',
    file: 'transfer.lua',
    from: 'if isCoHeld(leaseId) then return false end',
    to: '',
  },
  {
    name: 'TRANSFER_BESIDE_A_WAITER',
    means: 'a lease is transferred while a tab that does not wait for it waits for its records',
    file: 'include/coHeld.lua',
    from: 'if isConflict and isOfUser(token.leaseId) then return true end',
    to: "if isConflict and token.standing == 'held' and isOfUser(token.leaseId) then return true end",
  },
  {
    name: 'SHARED_WRITES_FENCED_OFF',
    means: 'a write under a lease that tabs share carries the fence of its acquisition',
    file: 'prove.lua',
    from: "redis.call('HSET', leaseKey(leaseId), 'fence', nextFence())",
    to: '',
  },
];
