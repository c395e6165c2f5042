/// Writes metrics as text, one family after the other.
///
/// Sources: prometheus.io/docs/instrumenting/exposition_formats/, prometheus.io/docs/specs/om/open_metrics_spec/
package struct Exposition {
  private let format: ExpositionFormat
  private var text = ""

  /// - Parameter isWhole: false if more follows, which OpenMetrics must be told.
  package static func text(_ families: MetricFamilies, _ format: ExpositionFormat, isWhole: Bool = true) -> String {
    var exposition = Exposition(format)
    for family in families.all { exposition.write(family) }
    if format == .openMetrics, isWhole { exposition.text += "# EOF\n" }
    return exposition.text
  }

  private init(_ format: ExpositionFormat) {
    self.format = format
    text.reserveCapacity(64 * 1_024)
  }

  private mutating func write(_ family: MetricFamily) {
    let (name, isOpen) = (family.name, format == .openMetrics)
    switch family.kind {
    // In Prometheus' own format, the suffix is part of the name.
    case .counter: describe(isOpen ? name : "\(name)_total", "counter", family.help)
    case .gauge: describe(name, "gauge", family.help)
    case .info: describe(isOpen ? name : "\(name)_info", isOpen ? "info" : "gauge", family.help)
    case .histogram: describe(name, "histogram", family.help)
    case .summary: describe(name, "summary", family.help)
    }
    let suffix =
      switch family.kind {
      case .counter: "_total"
      case .info: "_info"
      case .gauge, .histogram, .summary: ""
      }
    for sample in family.samples {
      switch sample.value {
      case .number(let value): write("\(name)\(suffix)", sample.labels, value)
      case .buckets(let buckets): write(name, sample.labels, buckets)
      case .summary(let sum, let count):
        write("\(name)_sum", sample.labels, sum)
        write("\(name)_count", sample.labels, count)
      }
    }
  }

  private mutating func write(_ name: String, _ labels: [MetricFamily.Label], _ buckets: BucketCounts) {
    var count: UInt64 = 0
    for (index, bucket) in buckets.counts.enumerated() {
      count += bucket
      let bound = index < buckets.bounds.count ? "\(buckets.bounds[index])" : "+Inf"
      write("\(name)_bucket", labels + [.init(name: "le", value: bound)], Double(count))
    }
    write("\(name)_sum", labels, buckets.sum)
    write("\(name)_count", labels, Double(count))
  }

  private mutating func describe(_ family: String, _ type: String, _ help: String) {
    text += "# HELP \(family) \(Self.escaped(help, quotes: format == .openMetrics))\n# TYPE \(family) \(type)\n"
    guard format == .openMetrics else { return }
    for unit in ["seconds", "bytes"] where family.hasSuffix("_\(unit)") { text += "# UNIT \(family) \(unit)\n" }
  }

  private mutating func write(_ name: String, _ labels: [MetricFamily.Label], _ value: Double) {
    text += name
    if !labels.isEmpty {
      text += "{"
      for (index, label) in labels.enumerated() {
        if index > 0 { text += "," }
        text += label.name
        text += "=\""
        text += Self.escaped(label.value, quotes: true)
        text += "\""
      }
      text += "}"
    }
    text += " "
    text += Self.number(value)
    text += "\n"
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
