-- Leases of several tabs of one user that hold the same records (`sessions.sameUser: 'share'`). They do not conflict with each
-- other, whatever their modes, and conflict with every other lease. Both sides must have asked for it.

-- The id of the user with whose other tabs a holder (JSON) shares its records; nil if it shares them with nobody.
local function sharerOf(holder)
  if not holder or not string.find(holder, '"sharesWithUser":true', 1, true) then return nil end
  local decoded = cjson.decode(holder)
  return decoded.actor.id
end
