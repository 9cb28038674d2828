-- Adds entries to a small index, merges its state and drops entries.
-- KEYS: ids (zset), rows (hash), state (hash)
-- ARGV: one packed table {{{id, key, native, row}...}, {{field, value}...}, {key...}}
local change = cmsgpack.unpack(ARGV[1])
for _, entry in ipairs(change[1]) do
  redis.call("ZADD", KEYS[1], entry[1], entry[2])
  redis.call("HSET", KEYS[2], entry[2], cmsgpack.pack(entry))
end
for _, pair in ipairs(change[2]) do redis.call("HSET", KEYS[3], pair[1], pair[2]) end
for _, key in ipairs(change[3]) do
  redis.call("ZREM", KEYS[1], key)
  redis.call("HDEL", KEYS[2], key)
end
return 0
