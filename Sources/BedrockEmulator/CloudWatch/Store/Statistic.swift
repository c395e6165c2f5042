import AWSServer

/// A statistic of the samples in a period.
enum Statistic: Hashable, Sendable {
  case sampleCount, average, sum, minimum, maximum
  /// 0…100
  case percentile(Double)

  static let simple: [String: Statistic] = [
    "SampleCount": .sampleCount, "Average": .average, "Sum": .sum, "Minimum": .minimum, "Maximum": .maximum,
  ]

  /// - Throws: the fault of `invalid` if the text isn't a statistic or the emulator doesn't support it.
  init(_ text: String, invalid: CloudWatchInput.Refusal) throws(AWSFault) {
    if let simple = Self.simple[text] {
      self = simple
      return
    }
    // Double(_:) accepts other spellings too, so check that this is "p" and a decimal number.
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

  /// nil if it can't be computed from the samples.
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
  /// Whether JSON shows the number without a fraction: it is whole and below 2^53.
  var isWholeNumber: Bool { magnitude < 0x1p53 && rounded() == self }
}
