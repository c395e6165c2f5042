package import AWSWire
package import Bedquota
package import BedrockQuotas

/// The texts that `invoke` prints.
package enum InvocationText {
  /// An event of a stream as one line of JSON: `{"messageStop":{"stopReason":"end_turn"}}`. A payload that is not JSON becomes a
  /// string.
  package static func line(_ event: ModelStreamEvent) -> String {
    let payload = String(decoding: event.payload, as: UTF8.self)
    let isJSON = (try? JSONValue(event.payload)) != nil
    // Line feeds between the members of a payload would make several lines of it.
    let value = isJSON ? payload.replacing { $0 == "\n" || $0 == "\r" ? " " : $0 }.escapedJSON : JSONWriter.quoted(payload)
    return "{\(JSONWriter.quoted(event.type)):\(value)}"
  }

  /// `3 input and 12 output tokens: 63 quota tokens (output counts 5 times); waited 2.1 s for the quota`
  /// - Parameter resolution: the resolution of the id that was invoked. bedrock-mantle has a quota of input and one of output.
  package static func cost(_ usage: TokenUsage, _ statistics: ClientStatistics, _ resolution: Resolution) -> String {
    // What a reply reports beyond what its request can use is not counted.
    let input = usage.totalInput - max(0, usage.input - statistics.inputTokens)
    let output = min(usage.output, statistics.outputTokens)
    let cost = Figures.grouped(Int(statistics.quotaTokens))
    var text = "\(Figures.grouped(input)) input and \(Figures.grouped(output)) output tokens: "
    text +=
      resolution.endpoint == .mantle
      ? "\(cost) of the quota of input, \(Figures.grouped(output)) of output" : "\(cost) quota tokens"
    if statistics.reserved.served > 0 {
      text += " (served by reserved capacity)"
    } else if let burndown = resolution.outputBurndown, burndown > 1 {
      text += " (output counts \(burndown) times)"
    }
    if statistics.reserved.overflowed > 0 { text += "; the reserved capacity did not serve it, so it counts on the quotas" }
    if statistics.throttled > 0 { text += "; throttled \(statistics.throttled == 1 ? "once" : "\(statistics.throttled) times")" }
    if let waited = statistics.waited?.max, waited >= .milliseconds(100) {
      text += "; waited \(Figures.short(waited / .seconds(1))) s for the quota"
    }
    return text
  }

  /// What may have been paid for replies that were lost, as a sentence; nil if none was.
  package static func lost(_ statistics: ClientStatistics) -> String? {
    guard statistics.mayBePaid > 0 else { return nil }
    let attempts = statistics.mayBePaid == 1 ? "1 attempt" : "\(Figures.grouped(statistics.mayBePaid)) attempts"
    let (replies, were, them, their) =
      statistics.mayBePaid == 1 ? ("reply", "was", "it", "Its") : ("replies", "were", "them", "Their")
    let twice =
      statistics.mayBePaidTwice > 0
      ? "; after \(Figures.grouped(statistics.mayBePaidTwice)) of them the request was sent again, so it may be paid twice" : ""
    return
      "The \(replies) to \(attempts) \(were) lost after the request was sent; AWS may charge for \(them)\(twice). \(their) tokens are counted by estimate."
  }
}
