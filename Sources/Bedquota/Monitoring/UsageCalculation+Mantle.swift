import BedrockQuotas

/// The figures of bedrock-mantle, which publishes requests that were completed or that clients got wrong, and tokens; nothing else.
extension UsageCalculation {
  func addMantle(to report: inout UsageReport) {
    let requests = series.counts(.invocations)
    report.totals = UsageReport.Totals(
      invocations: series.total(.invocations), clientErrors: series.total(.clientErrors),
      inputTokens: series.tokens(.inputTokens), outputTokens: series.tokens(.outputTokens))
    report.peakDemand = highest(window.perMinute(requests)).map { UsageReport.Demand(atSeconds: $0.at, value: $0.value) }
    report.peaks = mantlePeaks(series.hasTokens ? series : nil)
    if series.hasTokens { report.countedTokens = inputAndOutput(series) }
    report.notes += series.hasTokens ? Self.mantleNotes : [Self.tokensUnknown] + Self.mantleNotes
    if let maxTokens, series.hasTokens {
      let input = series.counts(.inputTokens)
      let reserved = input.indices.map { RequestCost.reservation(prompt: input[$0], maxTokens: requests[$0] * maxTokens) }
      report.reservationPeak = peak(.inputTPM, pool.resolution.quota(.inputTPM), reserved)
    }
    report.notes += largerQuotas(report.peaks)
    report.advice = UsageAdvice(report: report).lines
  }

  /// The quota of input keeps the input and the output of a request, the quota of output its output.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html, "bedrock-mantle": what max_tokens reserved above
  /// the output comes back to the quota of input. It hasn't been measured.
  /// - Parameter series: nil if the tokens are unknown.
  func mantlePeaks(_ series: UsageSeries?) -> [UsageReport.Peak] {
    let output = series?.counts(.outputTokens)
    return [(QuotaMeasure.inputTPM, series.map(inputAndOutput)), (.outputTPM, output)].map { measure, values in
      peak(measure, pool.resolution.quota(measure), values)
    }
  }

  private func inputAndOutput(_ series: UsageSeries) -> [Double] {
    zip(series.counts(.inputTokens), series.counts(.outputTokens)).map(+)
  }

  private static let tokensUnknown = "CloudWatch counts the requests of this id but not their tokens, so these are unknown."
  private static let mantleNotes = [
    "input-tpm counts input and output, as the quota of input keeps both; input read from the cache, which it leaves out, can't be told apart here.",
    "bedrock-mantle publishes no throttled requests, no server errors and no latency: these are unknown.",
  ]
}
