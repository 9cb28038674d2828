-- The state of a small index and the number of its entries. KEYS: ids (zset), state (hash)
return {redis.call("HGETALL", KEYS[2]), redis.call("ZCARD", KEYS[1])}
