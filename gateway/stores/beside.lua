-- The known statuses beside an id: {key, row} of the largest <= id, then {key, row} of the smallest > id.
-- KEYS: ids, records. ARGV: id
local out = {}
local function add(found)
  local key = found[1]
  out[#out + 1] = key or false
  out[#out + 1] = key and redis.call("HGET", KEYS[2], key) or false
end
add(redis.call("ZREVRANGEBYSCORE", KEYS[1], ARGV[1], "-inf", "LIMIT", 0, 1))
add(redis.call("ZRANGEBYSCORE", KEYS[1], "(" .. ARGV[1], "+inf", "LIMIT", 0, 1))
return out
