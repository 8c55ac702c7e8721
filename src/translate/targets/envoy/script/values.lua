-- The values of nginx's variables.

-- All values of a header, joined as nginx joins them.
local function header(request, name)
  local count = request.headers:getNumValues(name)
  local all = {}
  for i = 0, count - 1 do all[#all + 1] = request.headers:getAtIndex(name, i) end
  return table.concat(all, name == "cookie" and "; " or ", ")
end

-- The first argument of this name, as it was sent.
local function argument(request, name)
  for part in request.args:gmatch("[^&]+") do
    local key, value = part:match("^([^=]*)=(.*)$")
    if key and key:lower() == name then return value end
  end
  return ""
end

local function cookie(request, name)
  for part in header(request, "cookie"):gmatch("[^;]+") do
    local key, value = part:match("^%s*([^=%s]*)%s*=%s*(.-)%s*$")
    if key and key:lower() == name then return value end
  end
  return ""
end

-- The client's address without its port.
local function address(request)
  local text = request.handle:streamInfo():downstreamDirectRemoteAddress()
  return text:match("^%[(.*)%]") or text:match("^(.*):%d+$") or text
end

-- The bytes of the client's address.
local function packed(request)
  local text = address(request)
  local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if a then return string.char(a, b, c, d) end
  local function groups(part)
    local bytes = {}
    for group in part:gmatch("[^:]+") do
      local number = tonumber(group, 16) or 0
      bytes[#bytes + 1] = string.char(math.floor(number / 256), number % 256)
    end
    return table.concat(bytes)
  end
  local left, right = text:match("^(.-)::(.*)$")
  if not left then return groups(text) end
  left, right = groups(left), groups(right)
  return left .. string.rep("\0", 16 - #left - #right) .. right
end

local function forwarded(request)
  local before = header(request, "x-forwarded-for")
  return before == "" and address(request) or before .. ", " .. address(request)
end

-- The content type that goes with the extension of the path.
local function content_type(request, types, default)
  local extension = request.uri:match("%.([^./]+)$")
  return extension and types[extension:lower()] or default
end
