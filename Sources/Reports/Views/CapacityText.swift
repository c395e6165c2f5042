package import Bedquota
package import BedrockQuotas

/// The notes that `capacity` prints beside its answer.
package enum CapacityText {
  /// The averages that a workload was taken from, and what they leave out.
  /// - Parameters:
  ///   - usage: the measured usage.
  ///   - workload: the workload derived from the usage.
  ///   - hours: the length of the measured window.
  ///   - spelling: names `maxTokens` to the reader.
  package static func measured(_ usage: UsageReport, _ workload: Workload, hours: Double, spelling: ParameterSpelling = .swift)
    -> [String]
  {
    let hours = Figures.short(hours)
    guard let totals = usage.totals, totals.invocations > 0 else {
      if let refused = usage.totals?.throttles, refused > 0 {
        return [
          "Every request of \(usage.id) in the last \(hours) hours was throttled, so there are no sizes; give them by hand."
        ]
      }
      return ["CloudWatch has no requests of \(usage.id) in the last \(hours) hours; give the sizes by hand."]
    }
    let latency = workload.latency.map { ", \(Figures.short($0)) s" } ?? ""
    let sizes = [
      ("input", workload.inputTokens), ("cache read", workload.cacheReadTokens), ("cache write", workload.cacheWriteTokens),
      ("output", workload.outputTokens),
    ].compactMap { name, tokens in tokens.flatMap { $0 > 0 ? "\(Figures.grouped($0)) \(name)" : nil } }
    let average = "A request of the last \(hours) hours, on average of \(Figures.grouped(totals.invocations))"
    let counted =
      totals.inputTokens == nil && sizes.isEmpty
      ? "CloudWatch doesn't count its tokens" : "\(sizes.joined(separator: ", ")) tokens"
    let unset = "CloudWatch doesn't show max_tokens, so it is taken as unset; pass \(spelling("maxTokens")) to set it."
    return ["\(average): \(counted)\(latency)."] + (workload.maxTokens == nil ? [unset] : [])
  }
}
