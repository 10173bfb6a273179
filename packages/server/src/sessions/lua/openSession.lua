-- Stores a session, or continues it. The first secret of a session stays: only a client that knows it continues the session.
-- Input   session id, digest of the secret, actor id, TTL (ms)
-- Output  { 'opened' | 'continued' | 'refused' }, or { 'switched', id of the actor before }
local key = KEYS[1] .. 'session:' .. ARGV[1]
local digest, actorId, ttlMs = ARGV[2], ARGV[3], ARGV[4]
local secret, before = unpack(redis.call('HMGET', key, 'secret', 'actor'))
if secret and secret ~= digest then return { 'refused' } end
redis.call('HSET', key, 'secret', digest, 'actor', actorId)
redis.call('PEXPIRE', key, ttlMs)
if not secret then return { 'opened' } end
if before ~= actorId then return { 'switched', before } end
return { 'continued' }
