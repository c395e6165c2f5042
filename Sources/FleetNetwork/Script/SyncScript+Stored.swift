extension SyncScript {
  /// Reads the state and the member's record, adopts newer limits, and refills.
  static let stored = #"""
      -- Integers with single spaces. What is damaged is refused; it must not count as empty, which would hand out the quota again.
      local function numbers(raw, what)
        if #raw > 4096 or find(raw, '[^%d%- ]') then refuse('corrupt ' .. what) end
        local list = {}
        for word in string.gmatch(raw, '[^ ]+') do
          local n = tonumber(word)
          if not n or n > INTEGER or n < -INTEGER then refuse('corrupt ' .. what) end
          list[#list + 1] = n
        end
        return list
      end
      local function checked(n, low, high, what)
        if n < low or n > high then refuse('corrupt ' .. what) end
        return n
      end

      local s, m = nil, {}
      local raw = call('HGET', K[1], 's')
      local fresh = not raw
      if fresh and call('EXISTS', K[1]) == 1 then refuse('corrupt state') end
      local function readState()
        local n, what = numbers(raw, 'state'), 'state'
        if n[1] ~= 1 then refuse('protocol ' .. text(n[1] or 0)) end
        local count = (#n - 8) / 10
        if count < 1 or count > 8 or count ~= floor(count) then refuse('corrupt state') end
        s = {version = checked(n[2], 0, INTEGER, what), epoch = checked(n[3], 0, TIME, what), V = checked(n[4], 0, INTEGER, what),
          cost = checked(n[5], 0, COST, what), total = checked(n[6], 0, INTEGER, what), sum = checked(n[7], -WINDOW, WINDOW, what),
          newest = checked(n[8], 0, TIME, what)}
        for j = 1, count do
          local o = 10 * j - 2
          m[j] = {kind = checked(n[o + 1], 0, 2, what), rate = checked(n[o + 2], 0, UNITS, what),
            cap = checked(n[o + 3], 0, UNITS, what), burst = checked(n[o + 4], 0, UNITS, what),
            level = checked(n[o + 5], LEVEL, UNITS, what), rest = checked(n[o + 6], 0, 86399, what),
            pacer = checked(n[o + 7], LEVEL, UNITS, what), prest = checked(n[o + 8], 0, 86399, what),
            tick = checked(n[o + 9], 0, TIME, what), usual = checked(n[o + 10], 0, UNITS, what)}
        end
      end

      -- Records by name; false where there is none.
      local known = {}
      local function readRecord(id)
        if fresh then return false end
        if known[id] ~= nil then return known[id] end
        local line = call('HGET', K[2], id)
        if not line then
          known[id] = false
          return false
        end
        local what = 'member ' .. string.sub(id, 1, 120)
        local n = numbers(line, what)
        local M = #m
        if #n ~= 7 + 3 * M then refuse('corrupt ' .. what) end
        local r = {seq = checked(n[1], 0, INTEGER, what), tag = checked(n[2], 0, INTEGER, what),
          due = checked(n[3], 0, 2 * TIME, what), fallback = checked(n[4], -OWED, OWED, what), R = {}, P = {}, next = {},
          cost = checked(n[6 + 3 * M], 0, COST, what), share = checked(n[7 + 3 * M], 0, 1000000, what)}
        checked(n[5], 1, 1000000, what)
        for j = 1, M do
          r.R[j] = checked(n[5 + j], -RECORDED, RECORDED, what)
          r.P[j] = checked(n[5 + M + j], -RECORDED, RECORDED, what)
          r.next[j] = checked(n[5 + 2 * M + j], 0, UNITS, what)
        end
        known[id] = r
        return r
      end

      local old = false
      if fresh then
        s = {version = version, epoch = now, V = 0, cost = 0, total = 0, sum = 0, newest = div(now, SLOT)}
        for j, x in ipairs(limits) do
          m[j] = {kind = x.kind, rate = x.rate, cap = x.cap, burst = x.burst, level = x.cap, rest = 0, pacer = 0, prest = 0,
            usual = 0, tick = x.kind == 2 and 0 or div(now, TICK[x.kind])}
        end
      else
        readState()
        old = readRecord(who)
        if old and seq <= old.seq then return {0, s.epoch, now} end
        if #m ~= M then refuse('meters ' .. #m) end
        for j = 1, M do if m[j].kind ~= limits[j].kind then refuse('kinds') end end
      end
      -- By the old limits first: time before a throttle refills nothing after it.
      for _, x in ipairs(m) do
        if x.kind ~= 2 then
          local tick, period = div(now, TICK[x.kind]), PERIOD[x.kind]
          local elapsed = min(tick - x.tick, period)
          -- A clock that stepped back adds nothing and stalls nothing.
          x.tick = tick
          if elapsed > 0 and x.level < x.cap then
            local parts = x.rate * elapsed + x.rest
            x.level = x.level + div(parts, period)
            x.rest = parts % period
            if x.level >= x.cap then x.level, x.rest = x.cap, 0 end
          end
          if elapsed > 0 and x.kind == 0 and x.pacer < x.burst then
            local parts = x.rate * elapsed + x.prest
            x.pacer = x.pacer + div(parts, period)
            x.prest = parts % period
            if x.pacer >= x.burst then x.pacer, x.prest = x.burst, 0 end
          end
        end
      end
      if version > s.version then
        s.version = version
        for j, x in ipairs(m) do
          local new = limits[j]
          x.level = max(LEVEL, x.level + new.cap - x.cap)
          x.pacer = min(x.pacer, new.burst)
          x.rate, x.cap, x.burst, x.rest, x.prest = new.rate, new.cap, new.burst, 0, 0
          if throttled and x.kind == 0 then x.level = min(x.level, -div(x.rate, 60)) end
        end
      end

    """#
}
