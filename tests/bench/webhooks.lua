-- wrk: signed pushes, each with a GUID of its own. Arguments: file of the body, its signature, a name for this run.
local thread_count = 0
function setup(thread)
  thread:set("thread_number", thread_count)
  thread_count = thread_count + 1
end

local body, headers, prefix, sent
function init(args)
  local file = assert(io.open(args[1], "rb"))
  body = file:read("*a")
  file:close()
  headers = {
    ["Content-Type"] = "application/json",
    ["X-GitHub-Event"] = "push",
    ["X-Hub-Signature-256"] = args[2],
    ["User-Agent"] = "GitHub-Hookshot/bench",
  }
  prefix = args[3] .. "-" .. thread_number .. "-"
  sent = 0
end

function request()
  sent = sent + 1
  headers["X-GitHub-Delivery"] = prefix .. sent
  return wrk.format("POST", "/webhooks/github", headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %f %f %d %d\n",
    summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000, summary.requests,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
