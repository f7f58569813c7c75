-- Each request is a signal of its own: a new id every time, the fields of an entry or a typed command.
local count, run, texts = 0, "", {}

function init(args)
  run = args[1]
  for text in string.gmatch(args[2] or "", "[^|]+") do texts[#texts + 1] = text end
end

function request()
  count = count + 1
  local body
  if #texts == 0 then
    body = string.format(
      '{"id":"%s-%08d","action":"buy","symbol":"BTCUSDT","quote":80,"tsl":"2.8","type":"market",' ..
      '"time":"2026-01-01T00:00:00Z","comment":"eight fields of a signal"}', run, count)
  else
    body = string.format('{"id":"%s-%08d","text":"%s"}', run, count, texts[count % #texts + 1])
  end
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
end
