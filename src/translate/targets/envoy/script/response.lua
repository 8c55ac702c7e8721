-- What nginx does to an answer.

local GOOD = {}
for _, status in ipairs({200, 201, 204, 206, 301, 302, 303, 304, 307, 308}) do GOOD[tostring(status)] = true end

-- Takes the last value of a header away: the one that the route added.
local function take_back(headers, name)
  local values = {}
  for i = 0, headers:getNumValues(name) - 2 do values[#values + 1] = headers:getAtIndex(name, i) end
  headers:remove(name)
  for _, value in ipairs(values) do headers:add(name, value) end
end

-- `proxy_redirect`: the first rule that fits.
local function redirected(handle, location, rules)
  for _, rule in ipairs(rules) do
    if location:sub(1, #rule.from) == rule.from then
      location = rule.to .. location:sub(#rule.from + 1)
      if location:sub(1, 1) ~= "/" then return location end
      local own = handle:streamInfo():dynamicMetadata():get("nginxlb") or {}
      return (own.origin or "") .. location
    end
  end
  return location
end

function envoy_on_response(handle)
  local route, headers = handle:metadata(), handle:headers()
  if not GOOD[headers:get(":status")] then
    for _, name in ipairs(route:get("not_on_errors") or {}) do take_back(headers, name) end
  end
  local location, rules = headers:get("location"), route:get("redirects")
  if location and rules then headers:replace("location", redirected(handle, location, rules)) end
end
