-- What nginx does to a request before it looks for a location.

-- The path decoded, without ".", ".." and double slashes; nothing where nginx refuses it.
local function normal(path)
  if not (path:find("%", 1, true) or path:find("//", 1, true) or path:find("/.", 1, true)) then
    return path
  end
  local out, state, at = {}, "", 1
  local function parent()
    local n = #out - 3
    while n > 0 and out[n] ~= "/" do n = n - 1 end
    for i = #out, n + 1, -1 do out[i] = nil end
    return n > 0
  end
  while at <= #path do
    local byte, quoted = path:sub(at, at), false
    at = at + 1
    if byte == "%" then
      local hex = path:match("^%x%x", at)
      if not hex or hex == "00" then return nil end
      byte, at = string.char(tonumber(hex, 16)), at + 2
      quoted = byte == "%" or byte == "#" or byte == "?"
    end
    if state == "/" and byte == "/" then
      if not MERGE_SLASHES then out[#out + 1] = byte end
    elseif state == "." and byte == "/" then
      out[#out], state = nil, "/"
    elseif state == ".." and byte == "/" then
      if not parent() then return nil end
      state = "/"
    else
      out[#out + 1] = byte
      if quoted then
        state = ""
      elseif state == "" and byte == "/" then
        state = "/"
      elseif state == "/" and byte == "." then
        state = "."
      elseif state == "." and byte == "." then
        state = ".."
      else
        state = ""
      end
    end
  end
  if state == "." then
    out[#out] = nil
  elseif state == ".." and not parent() then
    return nil
  end
  return table.concat(out)
end

-- A decoded path as nginx writes it to a backend, where the client had escaped some of it.
local function escaped(path)
  return (path:gsub('[%z\1-\32"#%%<>?\\^`{|}\127-\255]', function(byte)
    return string.format("%%%02X", byte:byte())
  end))
end

-- The host without its port and without a dot behind it, in lower case.
local function host_of(authority)
  local host = authority:lower():gsub(":%d*$", ""):gsub("%.$", "")
  return host
end

local function read(headers, handle)
  local raw = headers:get(":path") or "/"
  local path, args = raw:match("^([^?#]*)%??([^#]*)")
  local uri = normal(path)
  if not uri or uri:sub(1, 1) ~= "/" then return nil end
  local authority = headers:get(":authority") or ""
  if authority == "" then return nil end
  if authority == NO_HOST then authority = "" end
  return {
    handle = handle, headers = headers, raw = raw, uri = uri, args = args,
    path = path:find("[%%+]") and escaped(uri) or uri, authority = authority, host = host_of(authority),
  }
end

-- No location has a part in the answer.
local function refuse(handle, headers, status)
  headers:replace(":authority", REFUSED)
  handle:clearRouteCache()
  handle:metadata()
  return handle:respond({[":status"] = status}, "")
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local method = headers:get(":method")
  if method == "TRACE" or method == "CONNECT" then
    return refuse(handle, headers, "405")
  end
  local request = method:find("^[A-Z_-]+$") and read(headers, handle)
  if not request then
    return refuse(handle, headers, "400")
  end
  if request.host ~= "" then headers:replace(":authority", request.host) end
  local query = request.args ~= "" and "?" .. request.args or ""
  headers:replace(":path", request.path .. query)
  local metadata = handle:streamInfo():dynamicMetadata()
  for name, value in pairs(VALUES) do
    metadata:set("nginxlb", name, value(request) or "")
  end
  -- The route is looked for with what was set so far.
  handle:clearRouteCache()
  local route = handle:metadata()
  -- What Envoy adds to the request, and needs until it has a route.
  local proto = headers:get("x-nginxlb-proto")
  headers:remove("x-nginxlb-proto")
  headers:remove("x-forwarded-proto")
  if proto then headers:add("x-forwarded-proto", proto) end
  headers:remove("x-envoy-external-address")
  local longest = route:get("longest")
  if longest and (tonumber(headers:get("content-length") or "") or 0) > longest then
    return handle:respond({[":status"] = "413"}, "")
  end
  if route:get("as_sent") then headers:replace(":path", request.raw) end
  if route:get("text") then metadata:set("nginxlb", "text", "1") end
  local peers = PEERS[route:get("peers") or ""]
  if peers then metadata:set("nginxlb", "peers", peers(request)) end
  for _, number in ipairs(route:get("limits") or {}) do
    local key = LIMITS[number](request)
    if key ~= "" then metadata:set("nginxlb", "limit-" .. string.format("%d", number), key) end
  end
end
