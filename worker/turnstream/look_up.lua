-- Say who has a list of contents; writes nothing.  One call: a command for each takes its caller five times as long.
--
-- KEYS[1]   string  epoch            the ledger's identity
-- KEYS[1+i] hash    claims:<4 hex>   bucket of content i
-- ARGV[i]   rest of its digest (30 bytes)
--
-- Returns the epoch or nil, then of each content its claim or nil: `publish.lua` says what that is.

local found = {redis.call('GET', KEYS[1])}
for i = 1, #ARGV do
  found[1 + i] = redis.call('HGET', KEYS[1 + i], ARGV[i])
end
return found
