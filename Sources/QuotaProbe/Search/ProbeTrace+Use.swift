/// What had been used of a quota at the instant of each item, before it, as the candidates count it.
extension ProbeTrace {
  /// Everything since the start: taken when a request starts, corrected when it ends.
  func drawn() -> [Double] {
    accumulated(starting: { $0.taken }, ending: { $0.kept - $0.taken })
  }

  /// Everything since the start, counted when a request ends.
  func drawnLate() -> [Double] {
    accumulated(starting: { _ in 0 }, ending: { $0.kept })
  }

  private func accumulated(starting: (Item) -> Double, ending: (Item) -> Double) -> [Double] {
    var sum = 0.0
    var next = 0
    return items.map { item in
      while next < answers.count, items[answers[next]].answeredAt <= item.time {
        sum += ending(items[answers[next]])
        next += 1
      }
      defer { sum += starting(item) }
      return sum
    }
  }

  /// What began in the last 60 s.
  func inWindow() -> [Double] {
    var current = items.map(\.taken)
    var (sum, first, next) = (0.0, 0, 0)
    return items.indices.map { index in
      let now = items[index].time
      while next < answers.count, items[answers[next]].answeredAt <= now {
        let ended = answers[next]
        if ended >= first, ended < index { sum += items[ended].kept - current[ended] }
        current[ended] = items[ended].kept
        next += 1
      }
      while first < index, now - items[first].time >= 60 {
        sum -= current[first]
        first += 1
      }
      defer { sum += current[index] }
      return sum
    }
  }

  /// What began in the present minute, where minutes begin at `phase`, and the seconds since its beginning.
  func inMinute(phase: Double) -> [(used: Double, since: Double)] {
    func minute(_ time: Double) -> Double { ((time - phase) / 60).rounded(.down) }
    var (sum, present, next) = (0.0, -Double.infinity, 0)
    return items.map { item in
      while next < answers.count, items[answers[next]].answeredAt <= item.time {
        let ended = items[answers[next]]
        if minute(ended.time) == present { sum += ended.kept - ended.taken }
        next += 1
      }
      let now = minute(item.time)
      if now != present { (sum, present) = (0, now) }
      defer { sum += item.taken }
      return (sum, item.time - phase - 60 * now)
    }
  }

  /// When refusals without a break ended: between the last of them and the first request taken, where they lasted so many seconds.
  func resumptions(after seconds: Double) -> [ClosedRange<Double>] {
    var found: [ClosedRange<Double>] = []
    var began: Double?
    var last = 0.0
    for row in rows {
      let time = items[row.item].time
      if row.isAccepted {
        if let from = began, last - from >= seconds { found.append(last...max(time, last)) }
        began = nil
      } else {
        if began == nil { began = time }
        last = time
      }
    }
    return found
  }

  /// Seconds from the first to the last of refusals without a break.
  var longestRefusal: Double {
    var longest = 0.0
    var began: Double?
    for row in rows {
      let time = items[row.item].time
      if row.isAccepted {
        began = nil
      } else {
        began = began ?? time
        longest = max(longest, time - (began ?? time))
      }
    }
    return longest
  }
}
