-- Store.assign in one step. The algorithm is that of placement.py and mappings/order.py.
-- KEYS: ids (zset id -> key), sorts (zset "sort key", all scores 0), records (hash key -> packed row),
--       asked (zset day -> key), people (hash native -> number), numbers (hash number -> native)
-- ARGV: one packed table {rows, people, today, now}; rows are arranged as they are to be placed.
local IDS, SORTS, RECORDS, ASKED, PEOPLE, NUMBERS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local SLOTS, LIMIT, CLOSE, HALF = 4096, 9007199254740992, 65536, 10
local ROOT_STEPS, PEOPLE_LIMIT, SCAN, CHUNK = 200, 2147483647, 512, 1000
-- a packed row of the batch / of the map
local KEY, NATIVE, SORT, PARENT, BOOSTED, BOOSTER, ORDER, DATED, WANTED, NEWEST, CHILD, CHILD_WANTED =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12

local batch = cmsgpack.unpack(ARGV[1])
local rows, people, today, now = batch[1], batch[2], batch[3], batch[4]
local known, links = {}, {}

local function many(command, hash, fields)
  local out = {}
  for start = 1, #fields, CHUNK do
    local part = redis.call(command, hash, unpack(fields, start, math.min(start + CHUNK - 1, #fields)))
    for i = 1, #part do out[start + i - 1] = part[i] end
  end
  return out
end

-- Bytes, not the locale's order that `<` has.
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local function neighbour(member)
  if not member then return nil end
  local gap = string.find(member, " ", 1, true)
  return {id = tonumber(redis.call("ZSCORE", IDS, string.sub(member, gap + 1))), sort = string.sub(member, 1, gap - 1)}
end

local function below(sort)
  return neighbour(redis.call("ZREVRANGEBYLEX", SORTS, "(" .. sort, "-", "LIMIT", 0, 1)[1])
end

local function above(sort)
  return neighbour(redis.call("ZRANGEBYLEX", SORTS, "(" .. sort .. "!", "+", "LIMIT", 0, 1)[1])
end

local function free(id)
  if redis.call("ZCOUNT", IDS, id, id) == 0 then return id end
  while true do
    local taken = redis.call("ZRANGEBYSCORE", IDS, id, "+inf", "WITHSCORES", "LIMIT", 0, SCAN)
    for i = 2, #taken, 2 do
      if tonumber(taken[i]) ~= id then return id end
      id = id + 1
    end
    if #taken < 2 * SCAN then return id end
  end
end

local function write(key, id, row)
  redis.call("HSET", RECORDS, key,
    cmsgpack.pack({id, row[NATIVE], row[SORT], row[PARENT], row[BOOSTED], row[BOOSTER]}))
  links[key] = {id, row[PARENT]}
end

local function put(row, id)
  id = free(id)
  redis.call("ZADD", IDS, id, row[KEY])
  if row[SORT] ~= "" then redis.call("ZADD", SORTS, 0, row[SORT] .. " " .. row[KEY]) end
  redis.call("ZADD", ASKED, today, row[KEY])
  write(row[KEY], id, row)
  known[row[KEY]] = id
  return id
end

local function wanted(row)
  if row[DATED] then return row[WANTED] end
  if row[CHILD] == "" then return now end
  return math.max((known[row[CHILD]] or row[CHILD_WANTED]) - SLOTS, 1)
end

local function room(a, b)
  if #a ~= #b or #a == 0 or string.find(a, "[^0-9]") or string.find(b, "[^0-9]") then return 1 end
  local function part(text, first, last) return tonumber(string.sub(text, first, last)) or 0 end
  local high = part(b, 1, #b - HALF) - part(a, 1, #a - HALF)
  local difference = high * 10 ^ HALF + part(b, math.max(#b - HALF, 0) + 1, -1) - part(a, math.max(#a - HALF, 0) + 1, -1)
  return math.min(math.max(difference, 1), CLOSE)
end

local function lay(wishes, steps, low, high)
  local out, floor, count = {}, low, #wishes
  for i = 1, count do
    floor = math.max(wishes[i], floor + steps[i])
    out[i] = floor
  end
  local ceiling = high
  for i = count, 1, -1 do
    ceiling = math.min(out[i], ceiling - steps[i + 1])
    out[i] = ceiling
  end
  if out[1] >= low + steps[1] then return out end
  local gap = high - low
  for i = 1, count do
    out[i] = gap > count and low + math.floor(gap * i / (count + 1)) or low + 1
  end
  return out
end

local function place_run(run, under, over)
  local wishes, steps = {}, {}
  for i, row in ipairs(run) do wishes[i] = wanted(row) end
  if run[1][ORDER] == "timed" then
    if under and under.id >= wishes[1] + CLOSE then under = nil end
    if over and over.id <= wishes[#run] - CLOSE then over = nil end
    for i = 1, #run + 1 do steps[i] = 1 end
  else
    for i = 1, #run + 1 do
      local a = i == 1 and (under and under.sort or "") or run[i - 1][SORT]
      local b = i > #run and (over and over.sort or "") or run[i] and run[i][SORT]
      steps[i] = room(a, b)
    end
  end
  local last = 0
  for i, id in ipairs(lay(wishes, steps, under and under.id or 0, over and over.id or LIMIT)) do
    last = put(run[i], math.max(id, last + 1))
  end
end

local function place_ordered(list)
  local start = 1
  while start <= #list do
    local first = list[start]
    local over = above(first[SORT])
    local run = {first}
    start = start + 1
    while start <= #list and list[start][ORDER] == first[ORDER] and (not over or less(list[start][SORT], over.sort)) do
      run[#run + 1] = list[start]
      start = start + 1
    end
    place_run(run, below(first[SORT]), over)
  end
end

local function place_loose(list)
  local lowest = tonumber(redis.call("ZRANGE", IDS, 0, 0, "WITHSCORES")[2])
  local highest = tonumber(redis.call("ZREVRANGE", IDS, 0, 0, "WITHSCORES")[2])
  for _, row in ipairs(list) do
    local id = wanted(row)
    if row[DATED] and lowest then
      if row[NEWEST] then
        id = math.max(id, math.min(highest + SLOTS, now), highest + 1)
      elseif id <= lowest then
        id = math.max(math.min(id, lowest - SLOTS), 1)
      end
    end
    id = put(row, id)
    lowest, highest = math.min(lowest or id, id), math.max(highest or id, id)
  end
end

-- Ids given before; their day of use and empty links are brought up to date.
local function find_known()
  local keys = {}
  for i, row in ipairs(rows) do keys[i] = row[KEY] end
  for i, packed in ipairs(many("HMGET", RECORDS, keys)) do
    if packed then
      local row, old = rows[i], cmsgpack.unpack(packed)
      known[row[KEY]], links[row[KEY]] = old[1], {old[1], old[4]}
      if (old[4] == "" and row[PARENT] ~= "") or (old[5] == "" and row[BOOSTED] ~= "") then
        local parent = old[4] ~= "" and old[4] or row[PARENT]
        local boosted = old[5] ~= "" and old[5] or row[BOOSTED]
        local booster = old[6] ~= "" and old[6] or row[BOOSTER]
        write(row[KEY], old[1], {row[KEY], old[2], old[3], parent, boosted, booster})
      end
      redis.call("ZADD", ASKED, "GT", today, row[KEY])
    end
  end
end

local function link(key)
  if links[key] == nil then
    local packed = redis.call("HGET", RECORDS, key)
    local old = packed and cmsgpack.unpack(packed)
    links[key] = old and {old[1], old[4]} or false
  end
  return links[key]
end

local function root(key)
  local here, passed = link(key), {[key] = true}
  for _ = 1, ROOT_STEPS do
    local parent = here[2]
    if parent == "" or passed[parent] or not link(parent) then break end
    passed[parent] = true
    here = links[parent]
  end
  return here[1]
end

local function number(person)
  local given = redis.call("HGET", PEOPLE, person[1])
  if given then return tonumber(given) end
  local id = person[2]
  while redis.call("HEXISTS", NUMBERS, id) == 1 do id = id % PEOPLE_LIMIT + 1 end
  redis.call("HSET", PEOPLE, person[1], id)
  redis.call("HSET", NUMBERS, id, person[1])
  return id
end

find_known()
local ordered, loose, ids, roots, numbers = {}, {}, {}, {}, {}
for _, row in ipairs(rows) do
  if not known[row[KEY]] then
    local list = row[ORDER] == "unordered" and loose or ordered
    list[#list + 1] = row
  end
end
place_ordered(ordered)
if #loose > 0 then place_loose(loose) end
for i, row in ipairs(rows) do
  ids[i], roots[i] = known[row[KEY]], root(row[KEY])
end
for i, person in ipairs(people) do numbers[i] = number(person) end
return {ids, roots, numbers}
