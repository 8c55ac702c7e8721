-- Which peers nginx's hashes choose: the first one, and those that are tried after it.

local bit = require("bit")
local CRC = {}
for n = 0, 255 do
  local c = n
  for _ = 1, 8 do
    c = bit.bxor(bit.rshift(c, 1), bit.band(0xedb88320, -bit.band(c, 1)))
  end
  CRC[n] = c
end

-- The crc32 of a text, or of what `before` is the crc32 of with the text behind it.
local function crc32(text, before)
  local c = bit.bnot(before or 0)
  for i = 1, #text do
    c = bit.bxor(bit.rshift(c, 8), CRC[bit.band(bit.bxor(c, text:byte(i)), 255)])
  end
  return bit.bnot(c) % 4294967296
end

local TRIES = 20

-- Collects peers that are not down, each once.
local function collector()
  local seen, names = {}, {}
  return function(peer)
    if peer.up and not seen[peer.address] then
      seen[peer.address] = true
      names[#names + 1] = peer.address
    end
  end, names
end

local function total(peers)
  local sum = 0
  for _, peer in ipairs(peers) do sum = sum + peer.weight end
  return sum
end

local function at_weight(peers, place)
  for _, peer in ipairs(peers) do
    place = place - peer.weight
    if place < 0 then return peer end
  end
end

-- `hash KEY`
local function hashed(peers, key_of)
  local sum = total(peers)
  return function(request)
    local key, hash = key_of(request), 0
    local collect, names = collector()
    if key == "" then return "" end
    for n = 0, TRIES do
      local text = n == 0 and key or n .. key
      hash = hash + bit.band(bit.rshift(crc32(text), 16), 0x7fff)
      collect(at_weight(peers, hash % sum))
    end
    return table.concat(names, ",")
  end
end

-- `ip_hash`
local function ip_hashed(peers)
  local sum = total(peers)
  return function(request)
    local key, hash = packed(request), 89
    if #key == 4 then key = key:sub(1, 3) end
    local collect, names = collector()
    for _ = 0, TRIES do
      for i = 1, #key do hash = (hash * 113 + key:byte(i)) % 6271 end
      collect(at_weight(peers, hash % sum))
    end
    return table.concat(names, ",")
  end
end

-- `hash KEY consistent`
local function consistent(peers, key_of)
  local points = {}
  for n, peer in ipairs(peers) do
    local base, previous = crc32(peer.host .. "\0" .. peer.port), 0
    for _ = 1, peer.weight * 160 do
      local low, high = previous % 65536, math.floor(previous / 65536)
      local bytes = string.char(low % 256, math.floor(low / 256), high % 256, math.floor(high / 256))
      previous = crc32(bytes, base)
      points[#points + 1] = {hash = previous, order = #points, peer = peers[n]}
    end
  end
  table.sort(points, function(a, b)
    return a.hash < b.hash or (a.hash == b.hash and a.order < b.order)
  end)
  local ring = {}
  for _, point in ipairs(points) do
    if #ring == 0 or ring[#ring].hash ~= point.hash then ring[#ring + 1] = point end
  end
  return function(request)
    local key = key_of(request)
    if key == "" then return "" end
    local hash, low, high = crc32(key), 1, #ring + 1
    while low < high do
      local middle = math.floor((low + high) / 2)
      if ring[middle].hash < hash then low = middle + 1 else high = middle end
    end
    local collect, names = collector()
    for n = 0, TRIES do
      collect(ring[(low - 1 + n) % #ring + 1].peer)
    end
    return table.concat(names, ",")
  end
end
