-- Store.number: the small integers of an account's own things, from 1 up, in the order asked for.
-- KEYS: numbers (hash native -> id), natives (hash id -> native; "last" -> the highest id ever given)
-- ARGV: one packed table {native...}
local LIMIT, CHUNK = 2147483647, 1000
local natives = cmsgpack.unpack(ARGV[1])
local out, new, seen = {}, {}, {}

for start = 1, #natives, CHUNK do
  local last = math.min(start + CHUNK - 1, #natives)
  for i, id in ipairs(redis.call("HMGET", KEYS[1], unpack(natives, start, last))) do
    local native = natives[start + i - 1]
    out[start + i - 1] = tonumber(id or 0)
    if not id and not seen[native] then
      new[#new + 1], seen[native] = native, true
    end
  end
end
if #new == 0 then return out end

local last = tonumber(redis.call("HGET", KEYS[2], "last") or 0)
if last + #new > LIMIT then return redis.error_reply("ERR all numbers are given") end
for i, native in ipairs(new) do
  seen[native] = last + i
  redis.call("HSET", KEYS[1], native, last + i)
  redis.call("HSET", KEYS[2], last + i, native)
end
redis.call("HSET", KEYS[2], "last", last + #new)
for i, native in ipairs(natives) do
  if out[i] == 0 then out[i] = seen[native] end
end
return out
