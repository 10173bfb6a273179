-- Ends a session: its secret no longer proves anything, and nobody continues it. A trace stays as long as a stored session would,
-- so that a request which is still under way cannot store it again.
-- Input   session id, digest of the secret, TTL of the trace (ms)
-- Output  { 'ended', id of its actor }, also if it had ended before; { 'refused' }; or { 'unknown' }: no such session is stored
-- Events  session
-- @include ../../changeLog/lua/append.lua
local sessionId, digest, ttlMs = ARGV[1], ARGV[2], ARGV[3]
local key = prefix .. 'session:' .. sessionId
local secret, actorId, ended = unpack(redis.call('HMGET', key, 'secret', 'actor', 'ended'))
if not secret then return { 'unknown' } end
if secret ~= digest then return { 'refused' } end
if not ended then
  redis.call('HSET', key, 'ended', 1)
  redis.call('PEXPIRE', key, ttlMs)
  -- The log begins with an epoch. Before that, no process serves a session.
  if redis.call('EXISTS', prefix .. 'log') == 1 then append('kind', 'session', 'session', sessionId) end
end
return { 'ended', actorId }
