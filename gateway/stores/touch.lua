-- Notes the last use of a login that still exists. KEYS: login (hash). ARGV: seconds since 1970
if redis.call("EXISTS", KEYS[1]) == 1 then redis.call("HSET", KEYS[1], "last_used", ARGV[1]) end
return 0
