-- Asks the holder of a lease to release it. A user has one request a lease: while it is open, another one joins it.
-- `asked:<lease>` is a hash: actor id → `<request id> <answer, or -> <answer by> <request>`.
-- Input   leaseId, actor id, request id, request (JSON), limit (ms), keep (ms), most
-- Output  { request as it is stored, is in force (0 | 1) }
--         { 'ended' }: the lease is not in force. { 'crowded' }: that many requests are open.
-- Events  releaseRequested
-- @include ../../registry/lua/include/leases.lua
local leaseId, actorId, requestId, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local limitMs, keepMs, most = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local key = prefix .. 'asked:' .. leaseId

local stored = redis.call('HGET', key, actorId)
if stored then
  local id, answer = string.match(stored, '^(%S+) (%S+) ')
  if id == requestId or answer == '-' then return { stored, isInForce(leaseId) and 1 or 0 } end
end
if not isInForce(leaseId) then return { 'ended' } end

-- Answered requests make room.
local answered, open = {}, 0
local all = redis.call('HGETALL', key)
for i = 1, #all, 2 do
  if string.match(all[i + 1], '^%S+ %- ') then open = open + 1 else answered[#answered + 1] = all[i] end
end
if open >= most then return { 'crowded' } end
if not stored and open + #answered >= most then redis.call('HDEL', key, answered[1]) end

local answerBy = asInteger(tonumber(nowMs()) + limitMs)
stored = requestId .. ' - ' .. answerBy .. ' ' .. request
redis.call('HSET', key, actorId, stored)
redis.call('PEXPIRE', key, keepMs)
append('kind', 'releaseRequested', 'lease', leaseId, 'id', requestId, 'answerBy', answerBy, 'request', request)
return { stored, 1 }
