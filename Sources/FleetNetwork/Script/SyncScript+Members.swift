extension SyncScript {
  /// Lets go of what has left the strict window. Changes are collected and written at the end.
  static let window = #"""
      -- Slots that leave, changes by slot, the changed slots in order; whether the key is made anew.
      local expired, changes, touched, anew = {}, {}, {}, false
      local function cell(v)
        if not v then return 0 end
        if #v > 20 or not find(v, '^%-?%d+$') then refuse('corrupt window') end
        return checked(tonumber(v), -4 * WINDOW, 4 * WINDOW, 'window')
      end
      local function slots(names) return #names > 0 and not fresh and call('HMGET', K[5], unpack(names)) or {} end
      local function add(units, slot)
        -- A slot far ahead would stay for as long.
        slot = min(slot, s.newest + SLOTS)
        units = clamp(units, -WINDOW - s.sum, WINDOW - s.sum)
        if units == 0 or slot <= s.newest - SLOTS then return end
        if not changes[slot] then touched[#touched + 1] = slot end
        changes[slot] = clamp((changes[slot] or 0) + units, -4 * WINDOW, 4 * WINDOW)
        s.sum = s.sum + units
      end
      local present = false
      if strict then
        present = not fresh and call('HLEN', K[5]) > 0
        local slot = div(now, SLOT)
        local function begin(sum, newest)
          anew, s.newest, s.sum = true, newest, 0
          add(sum, newest)
        end
        if slot - s.newest >= SLOTS then
          begin(0, slot)
        elseif slot > s.newest then
          for k = s.newest - SLOTS + 1, slot - SLOTS do expired[#expired + 1] = text(k) end
          local values = slots(expired)
          for i = 1, #expired do s.sum = s.sum - cell(values[i]) end
          s.sum = clamp(s.sum, -WINDOW, WINDOW)
          s.newest = slot
        elseif s.newest - slot > SLOTS then
          -- The clock has stepped back by more than a minute. Nothing would leave until it has caught up.
          begin(s.sum, slot)
        end
        -- The window alone was lost: what it held leaves a minute from now.
        if s.sum ~= 0 and not present and not anew then begin(s.sum, s.newest) end
      end

    """#

  /// Settles what the member owes, finds who steps aside and who is gone.
  static let members = #"""
      local r
      if old then
        r = {tag = old.tag, due = old.due, next = old.next, cost = old.cost}
        for j, x in ipairs(m) do
          -- A member that is out of its mind blocks the others for three minutes at most.
          x.level = clamp(x.level + old.R[j] - owed[j].R, -2 * x.cap, x.cap)
          if x.kind == 0 then x.pacer = clamp(x.pacer + old.P[j] - owed[j].P, -2 * x.rate, x.burst) end
        end
        local more, x = fallback - old.fallback, m[1]
        if more < 0 then
          x.level = min(x.cap, x.level - more)
        elseif x.level > 0 then
          x.level = max(0, x.level - more)
        end
        if strict then
          local left = old.R[1] - owed[1].R
          if left > 0 then
            for _, credit in ipairs(credits) do
              local part = min(credit.units, left)
              add(-part, credit.slot)
              left = left - part
            end
          end
          add(-left, s.newest)
          add(more, s.newest)
        end
      else
        r = {tag = s.V, due = 0, next = {}, cost = 0}
        for j = 1, M do r.next[j] = 0 end
        if hintEpoch ~= 0 and hintEpoch ~= s.epoch and now - s.epoch < 30000 then
          for j, x in ipairs(m) do
            if x.kind ~= 2 then x.level = min(x.level, max(hints[j], -2 * x.cap)) end
          end
        end
      end
      known[who] = r

      local function list(...)
        if fresh then return {} end
        return call(...)
      end
      local score = not fresh and call('ZSCORE', K[3], who)
      if score then
        score = tonumber(score)
        if not score or score < 0 or score > INTEGER or score ~= floor(score) then refuse('corrupt queue') end
      end
      -- Four may step aside, eight be forgotten, one is the member itself, and four count by their own word.
      local firsts = list('ZRANGE', K[3], 0, 16)
      local aside, dead, gone = {}, {}, {}
      for i = 1, min(4, #firsts) do
        local q = firsts[i] == who and r or readRecord(firsts[i])
        if not q or (q.due ~= 0 and (q.due < now or q.due > now + 60000)) then
          aside[#aside + 1] = firsts[i]
          gone[firsts[i]] = true
        end
      end
      -- The key alone was lost: every member counts as heard of now, so that none is kept for ever.
      local revived = (not fresh and call('ZCARD', K[4]) == 0) and call('HKEYS', K[2]) or {}
      for _, id in ipairs(list('ZRANGEBYSCORE', K[4], '-inf', '(' .. text(now - 600000), 'LIMIT', 0, 9)) do
        if id ~= who and #dead < 8 then
          local q = readRecord(id)
          for j, x in ipairs(m) do
            if q and x.kind == 2 then x.level = clamp(x.level + q.R[j], LEVEL, x.cap) end
          end
          dead[#dead + 1] = id
          gone[id] = true
        end
      end
      local wanted = not leaving and #bundles > 0
      local heads, limit, oldest = {}, m[1].rate, {}
      if wanted then
        for _, id in ipairs(firsts) do
          if #heads < 4 and id ~= who and not gone[id] then heads[#heads + 1] = readRecord(id) or {next = {}, cost = 0} end
        end
        if strict then
          -- What members may be using by themselves: they were silent for 10 s, but not yet for a minute.
          local silent, ppm = 0, 0
          local range = list('ZRANGEBYSCORE', K[4], text(now - 60000), '(' .. text(now - 10000), 'LIMIT', 0, 65)
          for _, id in ipairs(range) do
            if id ~= who and silent < 64 then
              silent = silent + 1
              local q = readRecord(id)
              ppm = ppm + (q and q.share or 0)
            end
          end
          ppm = min(900000, ppm)
          limit = limit - div(limit, 1000000) * ppm - div(limit % 1000000 * ppm, 1000000)
          local names = {}
          for k = 0, LOOKAHEAD - 1 do names[k + 1] = text(s.newest - SLOTS + 1 + k) end
          local values = anew and {} or slots(names)
          for i = 1, LOOKAHEAD do oldest[i] = cell(values[i]) end
        end
      end

    """#
}
