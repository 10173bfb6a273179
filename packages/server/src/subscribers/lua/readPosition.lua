-- Reads the state of a subscriber.
-- Input   name
-- Output  { position ('' if not stored), entries of the log after it (counted up to 1,000), since when it fails (Unix time
-- in ms, or ''), why (or '') }
-- Events  none
local prefix, MOST_COUNTED = KEYS[1], 1000
local fields = redis.call('HMGET', prefix .. 'subscribers', ARGV[1], ARGV[1] .. ':since', ARGV[1] .. ':failure')
-- `!` marks a new subscriber (acquireLead.lua).
local position = fields[1] and string.match(fields[1], '^!?(.*)$')
local after = position and #redis.call('XRANGE', prefix .. 'log', '(' .. position, '+', 'COUNT', MOST_COUNTED) or 0
return { position or '', after, fields[2] or '', fields[3] or '' }
