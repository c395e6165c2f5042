package import AWSWire
package import Bedquota

/// The text that `invoke` prints after a reply.
package enum InvocationText {
  /// `3 input and 12 output tokens: 63 quota tokens (output counts 5 times); waited 2.1 s for the quota`
  package static func cost(_ usage: TokenUsage, _ statistics: ClientStatistics, burndown: Int?) -> String {
    var text =
      "\(Figures.grouped(usage.totalInput)) input and \(Figures.grouped(usage.output)) output tokens: \(Figures.grouped(Int(statistics.quotaTokens))) quota tokens"
    if let burndown, burndown > 1 { text += " (output counts \(burndown) times)" }
    if statistics.throttled > 0 { text += "; throttled \(statistics.throttled == 1 ? "once" : "\(statistics.throttled) times")" }
    if let waited = statistics.waited?.max, waited >= .milliseconds(100) {
      text += "; waited \(Figures.short(waited / .seconds(1))) s for the quota"
    }
    return text
  }
}
