-- Reads the same fields of many hashes. Each hash is one string, its values with a separator between them: to decode a
-- reply for each value takes the reader several times as long.
-- Input   the begin of the keys after the prefix, the number of fields, the fields, then the rest of each key
-- Output  the values of each hash, in the order of the keys; '' where a hash has no such field
local start, count = KEYS[1] .. ARGV[1], tonumber(ARGV[2])
local rows = {}
for i = count + 3, #ARGV do
  local values = redis.call('HMGET', start .. ARGV[i], unpack(ARGV, 3, count + 2))
  for j = 1, count do values[j] = values[j] or '' end
  rows[#rows + 1] = table.concat(values, '\31')
end
return rows
