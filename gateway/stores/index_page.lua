-- Entries of a small index with above < id <= below, highest first, as packed rows.
-- KEYS: ids (zset), rows (hash). ARGV: below, above, offset, limit
local keys = redis.call("ZREVRANGEBYSCORE", KEYS[1], ARGV[1], "(" .. ARGV[2], "LIMIT", ARGV[3], ARGV[4])
local out = {}
for i, key in ipairs(keys) do out[i] = redis.call("HGET", KEYS[2], key) end
return out
