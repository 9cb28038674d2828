-- Store.claim: 1 for the first within ARGV[2] milliseconds, else 0. The mark ARGV[1] makes a repeat of this very call
-- (the connection broke before its answer) succeed. KEYS: claim
if redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return 1 end
return redis.call("GET", KEYS[1]) == ARGV[1] and 1 or 0
