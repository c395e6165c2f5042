/// The usage of a quota just before each item was sent, as the candidates count it.
extension Trace {
  /// Everything since the start: reserved when a trial starts, settled when it ends.
  func used() -> [Double] {
    accumulated(starting: { $0.reserved }, ending: { $0.kept - $0.reserved })
  }

  /// Everything since the start, counted when a trial ends.
  func usedLate() -> [Double] {
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

  /// The amounts of trials that began in the last 60 s.
  func usedInWindow() -> [Double] {
    var current = items.map(\.reserved)
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

  /// The amounts of trials that began in the present minute, and the seconds since that minute's start; minutes start at `phase`
  /// seconds.
  func usedInMinute(phase: Double) -> [(used: Double, since: Double)] {
    func minute(_ time: Double) -> Double { ((time - phase) / 60).rounded(.down) }
    var (sum, present, next) = (0.0, -Double.infinity, 0)
    return items.map { item in
      while next < answers.count, items[answers[next]].answeredAt <= item.time {
        let ended = items[answers[next]]
        if minute(ended.time) == present { sum += ended.kept - ended.reserved }
        next += 1
      }
      let now = minute(item.time)
      if now != present { (sum, present) = (0, now) }
      defer { sum += item.reserved }
      return (sum, item.time - phase - 60 * now)
    }
  }

  /// The amount that is given back per second in the `seconds` after each item.
  func returned(within seconds: Double) -> [Double] {
    var sum = 0.0
    var (first, next) = (0, 0)
    func returned(_ place: Int) -> Double { items[answers[place]].reserved - items[answers[place]].kept }
    return items.map { item in
      while next < answers.count, items[answers[next]].answeredAt <= item.time + seconds {
        sum += returned(next)
        next += 1
      }
      while first < next, items[answers[first]].answeredAt <= item.time {
        sum -= returned(first)
        first += 1
      }
      return sum / seconds
    }
  }
}

/// Runs of 429s without an accepted trial between them.
extension Trace {
  /// The times between which runs of at least `seconds` ended: from the last 429 to the next accepted trial.
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

  /// Seconds from the first to the last 429 of the longest run.
  var longestRun: Double {
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
