-- Narrow ids of one space (mappings/narrow.py: `place`): the ones of the wide ids asked for, 0 where none is left.
-- KEYS: ids (zset, wide id scored by narrow id), wides (zset, narrow id scored by wide id)
-- ARGV: one packed table {{wide...} ascending, {wanted...}, most, start, named, second of
-- named, stretch, away, near}
local IDS, WIDES, SCAN = KEYS[1], KEYS[2], 512
local batch = cmsgpack.unpack(ARGV[1])
local wides, wanted, most, start = batch[1], batch[2], batch[3], batch[4]
local named, page, stretch, away, near = batch[5], batch[6], batch[7], batch[8], batch[9]

local function text(number) return string.format("%.0f", number) end

-- The highest narrow id of those below, the lowest of those above, the next wide id above; 0 for none.
local function around(wide)
  local below = redis.call("ZREVRANGEBYSCORE", WIDES, "(" .. text(wide), "-inf", "LIMIT", 0, near)
  local above = redis.call("ZRANGEBYSCORE", WIDES, "(" .. text(wide), "+inf", "WITHSCORES", "LIMIT", 0, near)
  local low, high = 0, 0
  for _, id in ipairs(below) do low = math.max(low, tonumber(id)) end
  for i = 1, #above, 2 do high = high == 0 and tonumber(above[i]) or math.min(high, tonumber(above[i])) end
  return low, high, tonumber(above[2] or 0)
end

local function free(id)
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

local function free_below(id)
  while id > 0 do
    local taken = redis.call("ZREVRANGEBYSCORE", IDS, text(id), "-inf", "WITHSCORES", "LIMIT", 0, SCAN)
    for i = 2, #taken, 2 do
      if tonumber(taken[i]) ~= id then return id end
      id = id - 1
    end
    if #taken < 2 * SCAN then break end
  end
  return math.max(id, 0)
end

local function squeezed(count, high)
  local down, ids, id = {}, {}, high
  while #down < count do
    id = free_below(id - 1)
    if id == 0 then break end
    down[#down + 1] = id
  end
  for i = #down, 1, -1 do ids[#ids + 1] = down[i] end
  while #ids < count do ids[#ids + 1] = high end
  return ids
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
  local low, high, following = around(wides[new[at]])
  local run, wishes = {}, {}
  while at <= #new and (#run == 0 or following == 0 or wides[new[at]] < following) do
    local want = wanted[new[at]]
    if wides[new[at]] < named then 
      want = want - math.min(away, stretch * (page - want + 1), math.floor(math.max(want - low, 0) / 2))
    end
    run[#run + 1], wishes[#wishes + 1] = new[at], want
    at = at + 1
  end
  if start > 0 then
    local from = low > 0 and low + 1 or high > 0 and high - #run or start
    for i = 1, #run do wishes[i] = from + i - 1 end
  end
  if high == 0 then high = most + 1 end
  local laid, last = lay(wishes, low, high) or squeezed(#run, high), 0
  for i, place in ipairs(run) do
    local id = free(math.max(laid[i], last + 1))
    if id <= most then
      redis.call("ZADD", IDS, text(id), text(wides[place]))
      redis.call("ZADD", WIDES, text(wides[place]), text(id))
      known[place], last = id, id
    end
  end
end

for i = 1, #wides do out[i] = known[i] or 0 end
return out
