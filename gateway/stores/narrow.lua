-- Narrow ids of one space (mappings/narrow.py: `place`): the ones of the wide ids asked for, 0 where none is left.
-- KEYS: ids (zset, wide id scored by narrow id), wides (zset, narrow id scored by wide id)
-- ARGV: one packed table {{wide...} ascending, {wanted...}, most, start}
local IDS, WIDES, SCAN = KEYS[1], KEYS[2], 512
local batch = cmsgpack.unpack(ARGV[1])
local wides, wanted, most, start = batch[1], batch[2], batch[3], batch[4]

local function text(number) return string.format("%.0f", number) end

local function pair(found)
  return found[1] and {id = tonumber(found[1]), wide = tonumber(found[2])} or nil
end

local function below(wide)
  return pair(redis.call("ZREVRANGEBYSCORE", WIDES, "(" .. text(wide), "-inf", "WITHSCORES", "LIMIT", 0, 1))
end

local function above(wide)
  return pair(redis.call("ZRANGEBYSCORE", WIDES, "(" .. text(wide), "+inf", "WITHSCORES", "LIMIT", 0, 1))
end

local function lowest_free(id)
  local limit = 1
  while true do
    local taken = redis.call("ZRANGEBYSCORE", IDS, text(id), "+inf", "WITHSCORES", "LIMIT", 0, limit)
    for i = 2, #taken, 2 do
      if tonumber(taken[i]) ~= id then return id end
      id = id + 1
    end
    if #taken < 2 * limit then return id end
    limit = SCAN
  end
end

local function free(id)
  local found = lowest_free(id)
  if found > most then found = lowest_free(1) end
  return found <= most and found or 0
end

local function lay(wishes, low, high)
  local count, up, out = #wishes, {}, {}
  if high - low - 1 < count then return nil end
  for i = 1, count do up[i] = i == 1 and wishes[1] or math.max(wishes[i], up[i - 1] + 1) end
  local down = 0
  for i = count, 1, -1 do
    down = i == count and wishes[i] or math.min(wishes[i], down - 1)
    out[i] = math.min(math.max(math.floor((up[i] + down) / 2), low + i), high - count + i - 1)
  end
  return out
end

local known, new, out = {}, {}, {}
for i, wide in ipairs(wides) do
  local id = redis.call("ZSCORE", IDS, text(wide))
  if id then known[i] = tonumber(id) else new[#new + 1] = i end
end

local at = 1
while at <= #new do
  local first = wides[new[at]]
  local over, under = above(first), below(first)
  local run, wishes = {}, {}
  while at <= #new and (#run == 0 or not over or wides[new[at]] < over.wide) do
    run[#run + 1], wishes[#wishes + 1] = new[at], wanted[new[at]]
    at = at + 1
  end
  local low, high = under and under.id or 0, over and over.id or most + 1
  if start > 0 then
    local from = under and under.id + 1 or over and over.id - #run or start
    for i = 1, #run do wishes[i] = from + i - 1 end
  end
  local laid, last = lay(wishes, low, high), low
  for i, place in ipairs(run) do
    local id = free(math.max(laid and laid[i] or low + 1, last + 1))
    if id > 0 then
      redis.call("ZADD", IDS, text(id), text(wides[place]))
      redis.call("ZADD", WIDES, text(wides[place]), text(id))
      known[place], last = id, id
    end
  end
end

for i = 1, #wides do out[i] = known[i] or 0 end
return out
