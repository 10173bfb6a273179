-- Which of some commands the user may not run, and whether the channel and the keys of a namespace are open to it.
-- Each command is called with the name of a key that holds a string, as often as it wants arguments: such a call
-- changes nothing that stays. Redis checks the number of arguments first, then the permission, then the arguments.
-- Input   channel, then names of commands
-- Output  { 'channel' where the user may not publish there, names of the commands that are missing, … }
local prefix, channel = KEYS[1], ARGV[1]
local scratch = prefix .. 'permitted'
local MOST_ARGUMENTS = 6

local function refusal(reply)
  return type(reply) == 'table' and reply.err or ''
end

-- As Redis 6.2, 7.0 and 7.2 word it.
local function isForbidden(message)
  return string.find(message, 'NOPERM', 1, true) or string.find(message, 'user executing the script', 1, true)
end

local function isPermitted(command)
  local arguments = {}
  for count = 0, MOST_ARGUMENTS do
    local message = refusal(redis.pcall(command, unpack(arguments)))
    if not string.find(string.lower(message), 'wrong number of args', 1, true) then return not isForbidden(message) end
    arguments[count + 1] = scratch
  end
  return true
end

local first = redis.pcall('SET', scratch, '', 'PX', 10000)
if refusal(first) ~= '' and not isForbidden(first.err) then return first end
local missing = {}
-- Nobody waits for a lease without a name, so that nobody takes this for news.
local published = refusal(redis.pcall('PUBLISH', channel, ''))
if isForbidden(published) then
  missing[1] = string.find(published, 'channel', 1, true) and 'channel' or 'PUBLISH'
end
for position = 2, #ARGV do
  local command = ARGV[position]
  -- PUBLISH has been tried with the channel: it would be refused with any other.
  if command ~= 'PUBLISH' and not isPermitted(command) then missing[#missing + 1] = command end
end
redis.pcall('DEL', scratch)
return missing
