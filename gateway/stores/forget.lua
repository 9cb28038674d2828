-- Drops up to ARGV[2] statuses not asked for since day ARGV[1]; returns how many.
-- KEYS: ids, sorts, records, asked
local keys = redis.call("ZRANGEBYSCORE", KEYS[4], "-inf", "(" .. ARGV[1], "LIMIT", 0, ARGV[2])
for _, key in ipairs(keys) do
  local row = cmsgpack.unpack(redis.call("HGET", KEYS[3], key))
  redis.call("ZREM", KEYS[1], key)
  redis.call("ZREM", KEYS[2], row[3] .. " " .. key)
  redis.call("HDEL", KEYS[3], key)
  redis.call("ZREM", KEYS[4], key)
end
return #keys
