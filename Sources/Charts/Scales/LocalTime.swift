/// A range of time with its offsets from UTC.
package struct LocalTime: Sendable {
  /// A period with one offset; it ends where the next one starts.
  package struct Span: Sendable, Equatable {
    package var start: Int
    package var offset: Int
  }

  /// Unix seconds; at least one second wide.
  package let range: ClosedRange<Double>
  package let spans: [Span]

  /// - Parameter utcOffset: seconds, limited to ±26 hours. Two changes closer than 1/400 of the range may be missed.
  package init(_ range: ClosedRange<Double>, utcOffset: (Double) -> Int) {
    var lower = Self.bounded(range.lowerBound)
    var upper = Self.bounded(range.upperBound)
    if upper - lower < 1 {
      lower -= 30
      upper += 30
    }
    self.range = lower...upper

    func offset(_ time: Int) -> Int { min(max(utcOffset(Double(time)), -93_600), 93_600) }
    let end = Int(upper.rounded(.up))
    var now = Int(lower.rounded(.down))
    var spans = [Span(start: now, offset: offset(now))]
    let stride = max((end - now) / 400, min(21_600, (end - now) / 8), 1)
    while now < end {
      let next = min(now + stride, end)
      if offset(next) != spans[spans.count - 1].offset {
        var before = now
        var after = next
        while after - before > 1 {
          let middle = before + (after - before) / 2
          if offset(middle) == spans[spans.count - 1].offset { before = middle } else { after = middle }
        }
        spans.append(Span(start: after, offset: offset(after)))
      }
      now = next
    }
    self.spans = spans
  }

  /// The title of the axis, such as "local time, UTC+01:00"; it names both offsets if there are two.
  package var title: String {
    let offsets = spans.reduce(into: [Int]()) { if !$0.contains($1.offset) { $0.append($1.offset) } }
    let names = offsets.map { $0 == 0 && offsets.count == 1 ? "UTC" : Self.name(of: $0) }
    if names.count == 1 { return names[0] == "UTC" ? "UTC" : "local time, \(names[0])" }
    guard spans.count == 2 else { return "local time, \(names.joined(separator: " or "))" }
    // The date of the change in the local time before it.
    let day = CivilDate(daysSince1970: (spans[1].start + spans[0].offset).dividedDown(by: 86_400))
    return "\(names[0]), from \(day.day) \(day.monthName) \(names[1])"
  }

  /// Calls `body` with the first and the last second of each span, and its offset.
  func forEachSpan(_ body: (_ from: Int, _ to: Int, _ offset: Int) -> Void) {
    for (index, span) in spans.enumerated() {
      let isLast = index + 1 == spans.count
      let start = index == 0 ? Int(range.lowerBound.rounded(.up)) : span.start
      body(start, isLast ? Int(range.upperBound.rounded(.down)) : spans[index + 1].start - 1, span.offset)
    }
  }

  private static func bounded(_ time: Double) -> Double { time.isFinite ? min(max(time, -1e11), 1e11) : 0 }

  private static func name(of offset: Int) -> String {
    "UTC\(offset < 0 ? "-" : "+")\((offset.magnitude / 3600).twoDigits):\((offset.magnitude / 60 % 60).twoDigits)"
  }
}

extension BinaryInteger {
  var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }
}
