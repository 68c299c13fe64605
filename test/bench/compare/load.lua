-- wrk's script. Arguments: a file with a line "host target user" for each request, the user being part of the token; they are sent in turn.
-- Prints one line of figures.
local requests, next = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local host, target, user = line:match("^(%S+) (%S+) ?(%S*)$")
    requests[#requests + 1] =
      wrk.format("GET", target, { Host = host, Authorization = "Bearer token-of-a-client-4f1d08" .. user })
  end
end

function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "WRK %d %d %d %d %d\n",
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)
  ))
end
