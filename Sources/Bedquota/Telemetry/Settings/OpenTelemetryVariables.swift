import AWSWire
import Foundation

/// The `OTEL_` variables of an environment. An empty one counts as unset, as OpenTelemetry wants it.
///
/// Errors name the variable, never its value: it may be a secret that was put into the wrong place.
struct OpenTelemetryVariables {
  private let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  func text(_ name: String) -> String? {
    environment[name].map { $0.trimmingCharacters(in: .whitespaces) }.nonEmpty
  }

  /// The first variable that is set, with its name.
  func first(_ names: [String]) -> (name: String, value: String)? {
    names.lazy.compactMap { name in text(name).map { (name, $0) } }.first
  }

  /// True only for `true`, in any case.
  func isTrue(_ name: String) -> Bool { text(name)?.lowercased() == "true" }

  /// - Returns: the number of the first variable that is set; nil if none is.
  func integer(_ names: [String], from least: Int = 0) throws(BedquotaError) -> Int? {
    guard let (name, value) = first(names) else { return nil }
    guard let number = Int32(value), number >= least else {
      throw Self.error("\(name) must be a whole number from \(least) to \(Int32.max).")
    }
    return Int(number)
  }

  func milliseconds(_ names: [String]) throws(BedquotaError) -> Duration? {
    try integer(names).map { .milliseconds($0) }
  }

  /// A time after which something is given up; 0 means never.
  func timeout(_ names: [String]) throws(BedquotaError) -> Duration? {
    try integer(names).map { .milliseconds($0 == 0 ? Int(Int32.max) : $0) }
  }

  /// `name=value,name=value`, with percent signs decoded in the values.
  func pairs(_ names: [String]) throws(BedquotaError) -> [(name: String, value: String)] {
    guard let (variable, text) = first(names) else { return [] }
    var pairs: [(name: String, value: String)] = []
    let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    for (index, part) in parts.enumerated() {
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      guard halves.count == 2, !halves[0].isEmpty, let value = halves[1].removingPercentEncoding else {
        throw Self.error(
          "\(variable) must be pairs such as name=value, separated by commas and with % as %25; pair \(index + 1) is none.")
      }
      pairs.append((halves[0], value))
    }
    return pairs
  }

  static func error(_ sentence: String) -> BedquotaError { BedquotaError(.configuration, sentence) }
}
