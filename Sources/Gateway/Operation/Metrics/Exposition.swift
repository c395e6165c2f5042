/// Writes metrics as text, one family after the other.
///
/// Sources: prometheus.io/docs/instrumenting/exposition_formats/, prometheus.io/docs/specs/om/open_metrics_spec/
struct Exposition {
  typealias Labels = [(name: String, value: String)]

  private let format: ExpositionFormat
  private var text = ""

  init(_ format: ExpositionFormat) {
    self.format = format
    text.reserveCapacity(64 * 1_024)
  }

  /// The whole text.
  consuming func finished() -> String {
    if format == .openMetrics { text += "# EOF\n" }
    return text
  }

  /// - Parameter name: without `_total`.
  mutating func counter(_ name: String, _ help: String, _ samples: [(Labels, Double)]) {
    // In Prometheus' own format, the suffix is part of the name.
    let family = format == .openMetrics ? name : "\(name)_total"
    describe(family, "counter", help)
    for (labels, value) in samples { sample("\(name)_total", labels, value) }
  }

  mutating func gauge(_ name: String, _ help: String, _ samples: [(Labels, Double)]) {
    // Without a sample, nothing is known.
    guard !samples.isEmpty else { return }
    describe(name, "gauge", help)
    for (labels, value) in samples { sample(name, labels, value) }
  }

  /// A constant that says in its labels what runs.
  /// - Parameter name: without `_info`.
  mutating func info(_ name: String, _ help: String, _ labels: Labels) {
    if format == .openMetrics { describe(name, "info", help) } else { describe("\(name)_info", "gauge", help) }
    sample("\(name)_info", labels, 1)
  }

  mutating func histogram(_ name: String, _ help: String, _ samples: [(Labels, BucketCounts)]) {
    describe(name, "histogram", help)
    for (labels, buckets) in samples {
      var count: UInt64 = 0
      for (index, bucket) in buckets.counts.enumerated() {
        count += bucket
        let bound = index < buckets.bounds.count ? "\(buckets.bounds[index])" : "+Inf"
        sample("\(name)_bucket", labels + [("le", bound)], Double(count))
      }
      sample("\(name)_sum", labels, buckets.sum)
      sample("\(name)_count", labels, Double(count))
    }
  }

  private mutating func describe(_ family: String, _ type: String, _ help: String) {
    text += "# HELP \(family) \(Self.escaped(help, quotes: format == .openMetrics))\n# TYPE \(family) \(type)\n"
    guard format == .openMetrics else { return }
    for unit in ["seconds", "bytes"] where family.hasSuffix("_\(unit)") { text += "# UNIT \(family) \(unit)\n" }
  }

  private mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
    text += name
    if !labels.isEmpty {
      text += "{"
      for (index, label) in labels.enumerated() {
        text += "\(index == 0 ? "" : ",")\(label.name)=\"\(Self.escaped(label.value, quotes: true))\""
      }
      text += "}"
    }
    text += " \(Self.number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == 0x0A }) else { return text }
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
