extension SyncScript {
  /// Books bundles until one doesn't fit, or others should have their turn.
  static let booking = #"""
      local function micros(units, x)
        if x.kind ~= 0 or x.rate == 0 then return 0 end
        -- Two steps, since units * 60,000,000 would exceed 2^53.
        local parts = clamp(units, -UNITS, UNITS) * 60000
        local ms = div(parts, x.rate)
        if ms >= 1e9 then return COST end
        if ms <= -1e9 then return -COST end
        return ms * 1000 + div((parts - ms * x.rate) * 1000, x.rate)
      end
      local function start(P, x) return micros(min(P, x.burst) - x.pacer, x) end
      local function cost(P)
        local c = 1
        for j, x in ipairs(m) do c = max(c, micros(P[j], x)) end
        return c
      end
      -- What stands before a place: the first four by their own word, the others as usual.
      local function before(rank)
        local R, C = {}, 0
        for j = 1, M do R[j] = 0 end
        for i = 1, min(rank, 4, #heads) do
          C = C + heads[i].cost
          for j = 1, M do R[j] = R[j] + (heads[i].next[j] or 0) end
        end
        if rank > 4 then
          C = C + product(rank - 4, s.cost, AHEAD)
          for j = 1, M do R[j] = R[j] + product(rank - 4, m[j].usual, AHEAD) end
        end
        return R, C
      end
      -- Milliseconds until a bundle may be booked, if nothing else happens; 0: now.
      local function need(bundle, aheadR, aheadC)
        local w = 0
        for j, x in ipairs(m) do
          local R, P = bundle.R[j], bundle.P[j]
          if x.kind == 2 then
            if x.level - aheadR[j] < R then w = max(w, 250) end
          else
            local lack = min(R, x.cap) + aheadR[j] - x.level
            if lack > 0 and x.rate == 0 then
              w = max(w, 60000)
            elseif lack > 0 then
              w = max(w, min(1e9, div(min(lack, UNITS) * PERIOD[x.kind] + x.rate - 1, x.rate)) * TICK[x.kind])
            end
            if x.kind == 0 and P > 0 then
              -- It starts when it is paid for, which must not lie beyond the horizon.
              local late = aheadC + start(P, x) - horizon * 1000
              if late > 0 then w = max(w, div(late + 999, 1000)) end
            end
          end
        end
        if strict then
          local lack = s.sum + aheadR[1] + bundle.R[1] - limit
          if lack > 0 then
            local found = LOOKAHEAD
            for i = 1, LOOKAHEAD do
              lack = lack - clamp(oldest[i] + (changes[s.newest - SLOTS + i] or 0), -4 * WINDOW, 4 * WINDOW)
              if lack <= 0 then
                found = i
                break
              end
            end
            w = max(w, found * SLOT)
          end
        end
        return w
      end

      -- From here on it writes.
      if fresh then call('DEL', K[2], K[3], K[4], K[5]) end
      for _, id in ipairs(aside) do call('ZREM', K[3], id) end
      for _, id in ipairs(dead) do
        call('ZREM', K[3], id)
        call('ZREM', K[4], id)
        call('HDEL', K[2], id)
      end
      local granted, wait, delays, spent = 0, -1, {}, 0
      local joined = false
      if wanted then
        local tag = not gone[who] and score or max(s.V, r.tag)
        joined = call('ZADD', K[3], text(tag), who) == 1
        local others = call('ZCARD', K[3]) - 1
        local aheadR, aheadC = before(call('ZRANK', K[3], who))
        local quantum = others == 0 and horizon * 1000 or max(100000, div(horizon * 1000, others + 1))
        for i, bundle in ipairs(bundles) do
          local w = need(bundle, aheadR, aheadC)
          if w > 0 then
            wait = w
            break
          end
          if granted > 0 and spent >= quantum then
            wait = 0
            break
          end
          local delay, c = 0, cost(bundle.P)
          for j, x in ipairs(m) do
            local R, P = bundle.R[j], bundle.P[j]
            delay = max(delay, div(start(P, x), 1000))
            x.level = max(LEVEL, x.level - R)
            owed[j].R = min(RECORDED, owed[j].R + R)
            if x.kind == 0 then
              x.pacer = max(LEVEL, x.pacer - P)
              owed[j].P = min(RECORDED, owed[j].P + P)
            end
            if i == 1 then x.usual = x.usual == 0 and R or x.usual + div(R - x.usual, 8) end
          end
          if i == 1 then s.cost = s.cost == 0 and c or s.cost + div(c - s.cost, 8) end
          -- A reservation counts where it will be sent.
          if strict then add(bundle.R[1], div(now + delay, SLOT)) end
          spent = spent + c
          granted = i
          delays[i] = delay
        end
        if granted > 0 then
          s.V = max(s.V, tag)
          r.tag = min(tag + div(spent * 100, weight), INTEGER)
          s.total = min(s.total + spent, INTEGER)
        end
        if granted == #bundles then
          call('ZREM', K[3], who)
        else
          local bundle = bundles[granted + 1]
          if granted > 0 then
            call('ZADD', K[3], text(r.tag), who)
            if wait == 0 then wait = need(bundle, before(call('ZRANK', K[3], who))) end
          end
          wait = max(wait, 2)
          if wait > 2000 then wait = min(2000 + div(wait - 2000, 2), 10000) end
          r.due, r.next, r.cost = now + wait + 1000, bundle.R, cost(bundle.P)
        end
      elseif not fresh then
        call('ZREM', K[3], who)
      end

    """#

  /// Writes everything, and answers. Every key expires after two days without a sync.
  static let writing = #"""
      if anew then call('DEL', K[5]) elseif #expired > 0 then call('HDEL', K[5], unpack(expired)) end
      if #touched > 0 then
        local names, line = {}, {}
        for i, slot in ipairs(touched) do names[i] = text(slot) end
        local values = anew and {} or slots(names)
        for i, slot in ipairs(touched) do
          line[2 * i - 1] = names[i]
          line[2 * i] = text(clamp(cell(values[i]) + changes[slot], -4 * WINDOW, 4 * WINDOW))
        end
        call('HSET', K[5], unpack(line))
      end
      for _, id in ipairs(revived) do call('ZADD', K[4], text(now), id) end
      if leaving then
        call('ZREM', K[4], who)
        call('HDEL', K[2], who)
      else
        local line = {text(seq), text(r.tag), text(r.due), text(fallback), text(weight)}
        for j = 1, M do
          line[5 + j], line[5 + M + j], line[5 + 2 * M + j] = text(owed[j].R), text(owed[j].P), text(r.next[j])
        end
        line[6 + 3 * M], line[7 + 3 * M] = text(r.cost), text(share)
        call('HSET', K[2], who, table.concat(line, ' '))
        call('ZADD', K[4], text(now), who)
      end
      local line = {'1', text(s.version), text(s.epoch), text(s.V), text(s.cost), text(s.total), text(s.sum), text(s.newest)}
      local levels, current = {}, {}
      for j, x in ipairs(m) do
        local fields = {x.kind, x.rate, x.cap, x.burst, x.level, x.rest, x.pacer, x.prest, x.tick, x.usual}
        for _, field in ipairs(fields) do line[#line + 1] = text(field) end
        levels[j] = x.level
        if version ~= s.version then
          for _, field in ipairs({x.rate, x.cap, x.burst}) do current[#current + 1] = field end
        end
      end
      call('HSET', K[1], 's', table.concat(line, ' '))
      if not old or seq % 32 == 1 or #revived > 0 then
        for i = 1, 5 do call('EXPIRE', K[i], 172800) end
      else
        if joined then call('EXPIRE', K[3], 172800) end
        -- It may have lost its last field, and with it its end, before it got a new one.
        if #touched > 0 then call('EXPIRE', K[5], 172800) end
      end
      return {1, s.epoch, now, granted, wait, call('ZCOUNT', K[4], text(now - 15000), '+inf'), call('ZCARD', K[3]), s.total,
        strict and s.newest or 0, s.version, levels, delays, current}
    end

    -- Redis 7 gives the error as a text, older servers as a table, and theirs of a call with the place in the script before it.
    local function guarded(K, A)
      local ok, result = pcall(sync, K, A)
      if ok then return result end
      local words = type(result) == 'table' and result.err or tostring(result)
      words = string.gsub(string.gsub(words, '^@user_script:%s*%d+:%s*', ''), '^%-', '')
      if not string.find(words, '^%u%u+ ') then words = 'BEDQUOTA failed ' .. string.sub(words, 1, 200) end
      return redis.error_reply(words)
    end

    """#
}
