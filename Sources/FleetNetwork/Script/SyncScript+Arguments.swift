extension SyncScript {
  /// Constants and the arithmetic that everything uses.
  ///
  /// All locals are inside the function: a library may not read `math` or `redis.call` while it is loaded.
  static let header = #"""
    -- Bedquota's fleet protocol 1, operation sync. docs/design/fleet.md says what it does; FleetTwin.swift does the same.
    -- KEYS: state, members, queue, seen, window of one scope, all in one slot.
    -- ARGV: clock in ms ('' for the server's), member, sequence, weight, horizon in ms, flags (1 strict, 2 leaving, 4 throttled),
    --   version, M, M x (kind rate capacity burst), M x owed reserved, M x owed predicted, fallback, share, hint epoch,
    --   M x hint level, n, n x (slot units), n, n x (M x reserved, M x predicted)
    -- Reply: {1, epoch, now, granted, wait, members, waiting, total, slot, version, levels, delays, limits}
    --   or {0, epoch, now} for a duplicate. A refusal is an error that begins with BEDQUOTA.
    -- Servers don't undo what a failed script has written, so everything is read and checked before anything is written.
    local function sync(K, A)
      local floor, max, min, find, call = math.floor, math.max, math.min, string.find, redis.call
      local INTEGER, UNITS, LEVEL, OWED, RECORDED = 9007199254740991, 1e11, -1e12, 4e15, 4.1e15
      local COST, AHEAD, WINDOW, TIME = 1e12, 1e12, 1e15, 1e14
      local SLOT, SLOTS, LOOKAHEAD = 100, 603, 40
      local TICK, PERIOD = {[0] = 1, [1] = 1000}, {[0] = 60000, [1] = 86400}

      local function refuse(words) error({err = 'BEDQUOTA ' .. words}, 0) end
      local function div(a, b) return floor(a / b) end
      local function clamp(x, low, high) return max(low, min(high, x)) end
      -- Adding 0 turns -0 into 0.
      local function text(n) return string.format('%.0f', n + 0) end
      -- A product that would exceed the top is the top.
      local function product(a, b, top) return (b > 0 and a > div(top, b)) and top or a * b end

    """#

  /// Reads the arguments, each within its range.
  static let arguments = #"""
      local at = 0
      local function take(low, high)
        at = at + 1
        local word = A[at]
        if not word or #word > 20 or not find(word, '^%-?%d+$') then refuse('arguments ' .. at) end
        return clamp(tonumber(word), low, high)
      end
      local now
      if A[1] == '' then
        local t = call('TIME')
        now, at = t[1] * 1000 + div(t[2], 1000), 1
      else
        now = take(0, TIME)
      end
      local who = A[2]
      if not who or #who < 1 or #who > 200 then refuse('arguments 2') end
      at = 2
      local seq, weight, horizon, flags, version = take(0, INTEGER), take(1, 1000000), take(0, 60000), take(0, 7), take(0, INTEGER)
      local strict, leaving, throttled = flags % 2 == 1, floor(flags / 2) % 2 == 1, flags >= 4
      local M = take(0, 9)
      if M < 1 or M > 8 then refuse('arguments ' .. at) end
      local limits, owed, hints = {}, {}, {}
      for j = 1, M do
        local kind = take(-1, 3)
        if kind < 0 or kind > 2 then refuse('arguments ' .. at) end
        limits[j] = {kind = kind, rate = take(0, UNITS), cap = take(0, UNITS), burst = take(0, UNITS)}
      end
      for j = 1, M do owed[j] = {R = take(limits[j].kind == 2 and 0 or -OWED, OWED)} end
      for j = 1, M do owed[j].P = take(limits[j].kind == 2 and 0 or -OWED, OWED) end
      local fallback, share, hintEpoch = take(-OWED, OWED), take(0, 1000000), take(0, TIME)
      for j = 1, M do hints[j] = take(LEVEL, -LEVEL) end
      local function amount(most)
        local n = take(-1, most + 1)
        if n < 0 or n > most then refuse('arguments ' .. at) end
        return n
      end
      local credits, bundles = {}, {}
      for i = 1, amount(1000) do credits[i] = {slot = take(0, TIME), units = take(0, UNITS)} end
      for i = 1, amount(64) do
        local R, P = {}, {}
        for j = 1, M do R[j] = take(0, UNITS) end
        for j = 1, M do P[j] = take(0, UNITS) end
        bundles[i] = {R = R, P = P}
      end
      if at ~= #A then refuse('arguments ' .. #A) end

    """#
}
