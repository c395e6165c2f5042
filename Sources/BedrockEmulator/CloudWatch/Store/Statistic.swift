import AWSServer

/// What is asked of the samples of a period.
enum Statistic: Hashable, Sendable {
  case sampleCount, average, sum, minimum, maximum
  /// 0…100
  case percentile(Double)

  static let simple: [String: Statistic] = [
    "SampleCount": .sampleCount, "Average": .average, "Sum": .sum, "Minimum": .minimum, "Maximum": .maximum,
  ]

  /// - Throws: what `invalid` makes of a text that is no statistic, or one that the emulator does not have.
  init(_ text: String, invalid: CloudWatchInput.Refusal) throws(AWSFault) {
    if let simple = Self.simple[text] {
      self = simple
      return
    }
    // "p" and at most ten digits with at most one point: Double's own reading takes far more.
    let number = text.dropFirst()
    if text.first == "p", (1...14).contains(number.utf8.count), number.first?.isASCII == true, number.first?.isNumber == true,
      number.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), let percent = Double(number), (0...100).contains(percent)
    {
      self = .percentile(percent)
      return
    }
    let kinds = ["tm", "wm", "tc", "ts", "pr", "TM(", "WM(", "TC(", "TS(", "PR(", "IQM"]
    throw kinds.contains(where: text.hasPrefix)
      ? CloudWatchFault.invalidValue("The statistic \(text.prefix(50)) is not supported by the emulator.")
      : invalid("The value \(text.prefix(50)) for parameter Stat is not supported.")
  }

  var isPercentile: Bool { if case .percentile = self { true } else { false } }

  /// nil where the samples don't tell.
  func value(of point: Datapoint) -> Double? {
    switch self {
    case .sampleCount: point.statistics.count
    case .average: point.statistics.average
    case .sum: point.statistics.sum
    case .minimum: point.statistics.minimum
    case .maximum: point.statistics.maximum
    case .percentile(let percent): point.histogram.percentile(percent, of: point.statistics)
    }
  }
}

extension Double {
  /// As JSON has it: whole numbers without a fraction.
  var isWholeNumber: Bool { magnitude < 0x1p53 && rounded() == self }
}
