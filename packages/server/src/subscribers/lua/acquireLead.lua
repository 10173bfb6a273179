-- Acquires the lead of a subscriber, or renews it. A subscriber without a stored position begins here. Its position starts
-- with `!` until it has received its `begun` gap.
-- Input   name, token, how long the lead lasts without a renewal (ms), the first event of a new subscriber ('now' | 'start')
-- Output  { 'leads', position, has just begun (0 | 1) }, or { 'other' } if another process leads
-- Events  none
-- @include ../../changeLog/lua/newest.lua
local name, token, leadMs, from = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local lead = prefix .. 'subscriberLead:' .. name
local leader = redis.call('GET', lead)
if leader and leader ~= token then return { 'other' } end
redis.call('SET', lead, token, 'PX', leadMs)

local stored = redis.call('HGET', prefix .. 'subscribers', name)
if not stored then
  stored = '!' .. (from == 'now' and newestPosition() or '0-0')
  redis.call('HSET', prefix .. 'subscribers', name, stored)
end
local mark, position = string.match(stored, '^(!?)(.*)$')
return { 'leads', position, mark == '!' and 1 or 0 }
