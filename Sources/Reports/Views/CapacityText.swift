package import Bedquota
package import BedrockQuotas

/// The notes that `capacity` prints beside its answer.
package enum CapacityText {
  /// The averages that a workload was taken from.
  /// - Parameters:
  ///   - usage: the measured usage.
  ///   - workload: the workload derived from the usage.
  ///   - hours: the length of the measured window.
  package static func measured(_ usage: UsageReport, _ workload: Workload, hours: Double) -> [String] {
    let hours = Figures.short(hours)
    guard let totals = usage.totals, totals.invocations > 0 else {
      return ["CloudWatch has no requests of \(usage.id) in the last \(hours) hours; give the sizes by hand."]
    }
    let latency = workload.latency.map { ", \(Figures.short($0)) s" } ?? ""
    let sizes = [
      ("input", workload.inputTokens), ("cache read", workload.cacheReadTokens), ("cache write", workload.cacheWriteTokens),
      ("output", workload.outputTokens),
    ].compactMap { name, tokens in tokens.flatMap { $0 > 0 ? "\(Figures.grouped($0)) \(name)" : nil } }
    let average = "A request of the last \(hours) hours, on average of \(Figures.grouped(totals.invocations))"
    return ["\(average): \(sizes.joined(separator: ", ")) tokens\(latency)."]
  }
}
