-- Asks the auth server that belongs to the host, with the client's headers.
local ports = { @PORTS@ }

core.register_action("ask", { "http-req" }, function(txn)
  local headers = txn.http:req_get_headers()
  local host = headers["host"][0]
  local question = { ["x-original-uri"] = { txn.sf:path() } }
  for name, values in pairs(headers) do
    if name ~= "host" then
      question[name] = { values[0] }
    end
  end
  local reply = core.httpclient():get({
    url = "http://127.0.0.1:" .. ports[host] .. "/auth",
    headers = question,
    timeout = 70000,
  })
  txn:set_var("txn.allowed", reply.status >= 200 and reply.status < 300)
end, 0)
