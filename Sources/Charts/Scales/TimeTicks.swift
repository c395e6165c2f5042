/// A tick of a time axis, at a round local time.
package struct TimeTick: Sendable, Equatable {
  /// Unix seconds.
  package var time: Double
  package var label: String
  /// The second line: the day below a time of day, the year below a day or a month. Empty if it hasn't changed.
  package var context: String
}

/// The distance of two ticks: a number of seconds, or of months.
private struct TimeStep {
  /// For months, an average.
  var seconds: Int
  var months = 0

  static let day = 86_400

  static let fixed: [TimeStep] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, day, 2 * day, 7 * day].map {
      TimeStep(seconds: $0)
    }
    + [1, 3, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000].map { TimeStep(seconds: $0 * 2_629_746, months: $0) }

  /// Weeks begin on Monday; the first Monday of 1970 was day 4, counted from 0.
  var phase: Int { seconds == 7 * Self.day ? 4 * Self.day : 0 }

  func label(_ local: Int) -> (label: String, context: String) {
    let date = CivilDate(daysSince1970: local.dividedDown(by: Self.day))
    if months >= 12 { return (String(date.year), "") }
    if months > 0 { return (date.monthName, String(date.year)) }
    if seconds >= Self.day { return ("\(date.day) \(date.monthName)", String(date.year)) }
    let second = local - local.dividedDown(by: Self.day) * Self.day
    let minutes = "\((second / 3600).twoDigits):\((second / 60 % 60).twoDigits)"
    return (seconds < 60 ? "\(minutes):\((second % 60).twoDigits)" : minutes, "\(date.day) \(date.monthName)")
  }

  /// The longest labels of this kind.
  var samples: [String] {
    if months >= 12 { return ["-2000"] }
    if seconds >= Self.day { return ["29 May"] }
    return [seconds < 60 ? "00:00:00" : "00:00", "29 May"]
  }
}

extension LocalTime {
  /// As many ticks as fit.
  ///
  /// - Parameters:
  ///   - width: length of the axis, in SVG units.
  ///   - gap: the least distance of two labels, in SVG units.
  package func ticks(width: Double, font: Font, gap: Double) -> [TimeTick] {
    let seconds = range.upperBound - range.lowerBound
    func slot(_ step: TimeStep) -> Double { gap + (step.samples.map(font.width).max() ?? 0) }
    let step =
      TimeStep.fixed.first { Double($0.seconds) / seconds * width >= slot($0) } ?? TimeStep.fixed[TimeStep.fixed.count - 1]
    var ticks: [TimeTick] = []
    var context = ""
    for (time, local) in times(step) {
      // When clocks are set back, two ticks may be closer than the step.
      if let last = ticks.last, (Double(time) - last.time) / seconds * width < slot(step) { continue }
      let text = step.label(local)
      ticks.append(TimeTick(time: Double(time), label: text.label, context: text.context == context ? "" : text.context))
      context = text.context
    }
    return ticks
  }

  private func times(_ step: TimeStep) -> [(time: Int, local: Int)] {
    var times: [(Int, Int)] = []
    forEachSpan { start, end, offset in
      if step.months > 0 {
        let first = CivilDate(daysSince1970: (start + offset).dividedDown(by: TimeStep.day))
        var month = (first.year * 12 + first.month - 1).dividedDown(by: step.months) * step.months
        while true {
          let year = month.dividedDown(by: 12)
          let local = CivilDate(year: year, month: month - year * 12 + 1, day: 1).daysSince1970 * TimeStep.day
          if local - offset > end { return }
          if local - offset >= start { times.append((local - offset, local)) }
          month += step.months
        }
      }
      var local = -(step.phase - start - offset).dividedDown(by: step.seconds) * step.seconds + step.phase
      while local - offset <= end {
        times.append((local - offset, local))
        local += step.seconds
      }
    }
    return times
  }
}
