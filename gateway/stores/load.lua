-- Store.load of rows of one part (copies.py). Returns the places, from 0, of rows that contradict what is there.
-- When there are none, and write is set, all are added; what is there already stays.
-- ARGV: one packed table {part, rows, today, write}; then, for records, the values, which are bytes
-- KEYS  statuses: ids, sorts, records, asked    people, numbers: number of a native, native of a number
--       narrow: ids, wides    entries: ids, rows    media, kinds, records, states: one hash
local batch = cmsgpack.unpack(ARGV[1])
local part, rows, today, write = batch[1], batch[2], batch[3], batch[4]
local differs, put = {}, {}

local function beside(command, from, to)
  local member = redis.call(command, KEYS[2], from, to, "LIMIT", 0, 1)[1]
  local gap = member and string.find(member, " ", 1, true)
  return gap and tonumber(redis.call("ZSCORE", KEYS[1], string.sub(member, gap + 1)))
end

-- {id, key, native, sort, parent, boosted, booster}. Only before writing are neighbours compared: then all that is
-- there was there before.
function differs.statuses(row)
  local known = redis.call("ZSCORE", KEYS[1], row[2])
  if known then return tonumber(known) ~= row[1] end
  if redis.call("ZCOUNT", KEYS[1], row[1], row[1]) > 0 then return true end
  if row[4] == "" or write then return false end
  local under = beside("ZREVRANGEBYLEX", "(" .. row[4], "-")
  local over = beside("ZRANGEBYLEX", "(" .. row[4] .. "!", "+")
  return (under and under >= row[1]) or (over and over <= row[1])
end

function put.statuses(row)
  local packed = redis.call("HGET", KEYS[3], row[2])
  if packed then
    local old = cmsgpack.unpack(packed)
    for place = 4, 6 do
      if old[place] == "" then old[place] = row[place + 1] end
    end
    redis.call("HSET", KEYS[3], row[2], cmsgpack.pack(old))
    return
  end
  redis.call("ZADD", KEYS[1], row[1], row[2])
  if row[4] ~= "" then redis.call("ZADD", KEYS[2], 0, row[4] .. " " .. row[2]) end
  redis.call("HSET", KEYS[3], row[2], cmsgpack.pack({row[1], row[3], row[4], row[5], row[6], row[7]}))
  redis.call("ZADD", KEYS[4], today, row[2])
end

-- {id, native}
function differs.people(row)
  local id, native = redis.call("HGET", KEYS[1], row[2]), redis.call("HGET", KEYS[2], row[1])
  return (id and tonumber(id) ~= row[1]) or (native and native ~= row[2])
end

function put.people(row)
  redis.call("HSET", KEYS[1], row[2], row[1])
  redis.call("HSET", KEYS[2], row[1], row[2])
end

differs.numbers = differs.people

function put.numbers(row)
  put.people(row)
  if row[1] > tonumber(redis.call("HGET", KEYS[2], "last") or 0) then redis.call("HSET", KEYS[2], "last", row[1]) end
end

-- {id, wide}
function differs.narrow(row)
  local id = redis.call("ZSCORE", KEYS[1], string.format("%.0f", row[2]))
  local wide = redis.call("ZSCORE", KEYS[2], row[1])
  return (id and tonumber(id) ~= row[1]) or (wide and tonumber(wide) ~= row[2])
end

function put.narrow(row)
  local wide = string.format("%.0f", row[2])
  redis.call("ZADD", KEYS[1], row[1], wide)
  redis.call("ZADD", KEYS[2], wide, row[1])
end

-- {id, native}
function differs.media(row)
  local native = redis.call("HGET", KEYS[1], row[1])
  return native and native ~= row[2]
end

-- {field, value}
function put.media(row) redis.call("HSETNX", KEYS[1], row[1], row[2]) end

put.kinds, put.states = put.media, put.media

-- {key}
function put.records(row, place) redis.call("HSETNX", KEYS[1], row[1], ARGV[place + 1]) end

-- {id, key, native, row}
function put.entries(row)
  if redis.call("HEXISTS", KEYS[2], row[2]) == 0 then
    redis.call("ZADD", KEYS[1], row[1], row[2])
    redis.call("HSET", KEYS[2], row[2], cmsgpack.pack(row))
  end
end

local wrong, first, second = {}, {}, {}
for place, row in ipairs(rows) do
  local bad = differs[part] and differs[part](row)
  if write and differs[part] and not bad then -- rows may contradict each other too
    local one, other = row[1], row[2]
    bad = (first[one] and first[one] ~= other) or (second[other] and second[other] ~= one and part ~= "media")
    first[one], second[other] = other, one
  end
  if bad then wrong[#wrong + 1] = place - 1 end
end
if write and #wrong == 0 then
  for place, row in ipairs(rows) do put[part](row, place) end
end
return wrong
