-- Notifies every process of the namespace that permissions have changed. If the log has no entry yet, no process has
-- asked for a permission, and the log must begin with an epoch.
-- Input   the actor's id, or '' for everybody; '1' if the actor's connections end as well
-- Events  permissions
-- @include append.lua
if redis.call('EXISTS', prefix .. 'log') == 1 then
  append('kind', 'permissions', 'actor', asValue(ARGV[1]), 'disconnect', ARGV[2])
end
