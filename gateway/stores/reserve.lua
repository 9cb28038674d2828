-- Post once: reserves KEYS[1] for ARGV[2] milliseconds, or returns what is kept there.
-- A value is "?" and the owner's mark while somebody is at it, then "!" and the reply. The mark makes a repeat of this
-- very call (the connection broke before its answer) succeed.
local kept = redis.call("GET", KEYS[1])
if not kept or kept == "?" .. ARGV[1] then
  redis.call("SET", KEYS[1], "?" .. ARGV[1], "PX", ARGV[2])
  return false
end
return kept
