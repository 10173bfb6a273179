-- Takes the lead of a subscriber, or keeps it. Where no place of the set is stored, it begins here: with a `!` before
-- the place until it has been told so.
-- Input   set, token, how long the lead lasts without a word (ms), where a new set begins ('now' | 'start')
-- Output  { 'leads', position, has just begun (0 | 1) }, or { 'other' } where another process leads
-- Events  none
-- @include ../../changeLog/lua/newest.lua
local set, token, leadMs, from = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local lead = prefix .. 'subscriberLead:' .. set
local leader = redis.call('GET', lead)
if leader and leader ~= token then return { 'other' } end
redis.call('SET', lead, token, 'PX', leadMs)

local stored = redis.call('HGET', prefix .. 'subscribers', set)
if not stored then
  stored = '!' .. (from == 'now' and newestPosition() or '0-0')
  redis.call('HSET', prefix .. 'subscribers', set, stored)
end
local mark, position = string.match(stored, '^(!?)(.*)$')
return { 'leads', position, mark == '!' and 1 or 0 }
