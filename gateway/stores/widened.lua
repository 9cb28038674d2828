-- The known neighbours of narrow positions: {id, wide} at or below each, then {id, wide} above it; {} for none.
-- KEYS: ids (zset, wide id scored by narrow id). ARGV: narrow ids
local out = {}
local function add(found) out[#out + 1] = found[1] and {found[2], found[1]} or {} end
for _, id in ipairs(ARGV) do
  add(redis.call("ZREVRANGEBYSCORE", KEYS[1], id, "-inf", "WITHSCORES", "LIMIT", 0, 1))
  add(redis.call("ZRANGEBYSCORE", KEYS[1], "(" .. id, "+inf", "WITHSCORES", "LIMIT", 0, 1))
end
return out
