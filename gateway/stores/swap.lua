-- Replaces a field that is still ARGV[2] by ARGV[3]; 1 when it was. KEYS: hash. ARGV: field, before, after
if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
return 1
