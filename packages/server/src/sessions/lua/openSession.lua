-- Stores a session, or continues it. The first secret of a session stays: only a client that knows it continues the session.
-- A session passes to another actor only if the caller names the actor before, whose leases it has ended.
-- Input   session id, digest of the secret, actor id, TTL (ms), id of the actor whose leases have ended ('' if nobody's)
-- Output  { 'opened' }; or nothing was stored: { 'refused' }, { 'ended' } if its user has signed out, { 'occupied', id of the
--         present actor }
local key = KEYS[1] .. 'session:' .. ARGV[1]
local digest, actorId, ttlMs, endedActorId = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local secret, before, ended = unpack(redis.call('HMGET', key, 'secret', 'actor', 'ended'))
if secret and secret ~= digest then return { 'refused' } end
if ended then return { 'ended' } end
if before and before ~= actorId and before ~= endedActorId then return { 'occupied', before } end
redis.call('HSET', key, 'secret', digest, 'actor', actorId)
redis.call('PEXPIRE', key, ttlMs)
return { 'opened' }
