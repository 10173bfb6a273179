-- Answers a release request, once: the first answer counts.
-- Input   leaseId, request id, answer
-- Output  the answer that counts; false if the request is unknown
-- Events  releaseAnswered
-- @include ../../../changeLog/lua/append.lua
local leaseId, requestId, answer = ARGV[1], ARGV[2], ARGV[3]
local key = prefix .. 'asked:' .. leaseId
local all = redis.call('HGETALL', key)
for i = 1, #all, 2 do
  local id, before, rest = string.match(all[i + 1], '^(%S+) (%S+) (.*)$')
  if id == requestId then
    if before ~= '-' then return before end
    redis.call('HSET', key, all[i], requestId .. ' ' .. answer .. ' ' .. rest)
    append('kind', 'releaseAnswered', 'lease', leaseId, 'id', requestId, 'actor', all[i], 'answer', answer)
    return answer
  end
end
return false
