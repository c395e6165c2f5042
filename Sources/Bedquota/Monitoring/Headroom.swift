import BedrockQuotas

/// What the busiest minute of a window left free of the quotas of a pool.
package struct Headroom: Sendable {
  package var report: UsageReport
  /// Quota tokens per minute, not below 0; nil if the quota or the usage is unknown.
  package var tokensPerMinute: Double?
  /// Output tokens per minute of bedrock-mantle, whose ``tokensPerMinute`` are of its quota of input; not below 0; nil as above.
  package var outputTokensPerMinute: Double?
  /// Requests per minute, not below 0; nil as above.
  package var requestsPerMinute: Double?
  /// The requests of average size that fit into all of them; 0 if a quota of the id is 0; nil if none is known, or nothing tells
  /// the size and no quota counts requests.
  package var fittingRequestsPerMinute: Double?

  /// The reports with the most headroom first; those whose quotas are unknown come last.
  ///
  /// The size of a request is the average over all reports, so that a place without traffic can be compared with the others. What
  /// `max_tokens` reserves isn't in CloudWatch, so a request may need more.
  package static func ranked(_ reports: [UsageReport]) -> [Headroom] {
    func average(_ tokens: (UsageReport) -> Double?) -> Double? {
      let used = reports.compactMap { report in report.totals.flatMap { totals in tokens(report).map { (totals, $0) } } }
      let requests = used.reduce(0) { $0 + $1.0.invocations }
      return requests > 0 ? used.reduce(0) { $0 + $1.1 } / requests : nil
    }
    let (size, output) = (average(\.countedTotal), average { $0.totals?.outputTokens })
    return reports.map { Headroom($0, tokensPerRequest: size, outputPerRequest: output) }.enumerated().sorted { left, right in
      left.element.key == right.element.key ? left.offset < right.offset : left.element.key > right.element.key
    }.map(\.element)
  }

  private init(_ report: UsageReport, tokensPerRequest: Double?, outputPerRequest: Double?) {
    self.report = report
    tokensPerMinute = Self.free(report.endpoint == .mantle ? .inputTPM : .tpm, report)
    outputTokensPerMinute = Self.free(.outputTPM, report)
    requestsPerMinute = Self.free(.rpm, report)
    func requests(_ free: Double?, _ size: Double?) -> Double? {
      free.flatMap { free in size.flatMap { $0 > 0 ? free / $0 : nil } }
    }
    let byTokens = requests(tokensPerMinute, tokensPerRequest)
    let byOutput = requests(outputTokensPerMinute, outputPerRequest)
    // A quota of 0 throttles everything, whatever the others leave free; for a new account it is often that of a day.
    let isClosed = report.peaks.contains { $0.quota == 0 }
    fittingRequestsPerMinute = isClosed ? 0 : [byTokens, byOutput, requestsPerMinute].compactMap(\.self).min()
  }

  private static func free(_ measure: QuotaMeasure, _ report: UsageReport) -> Double? {
    guard let peak = report.peak(measure), let quota = peak.quota else { return nil }
    // Without any data, nothing was used.
    guard let used = peak.value ?? (report.totals == nil ? 0 : nil) else { return nil }
    return max(0, quota - used)
  }

  /// By what fits, then by tokens, then by requests.
  private var key: (Double, Double, Double) {
    (fittingRequestsPerMinute ?? -1, tokensPerMinute ?? -1, requestsPerMinute ?? -1)
  }
}

extension UsageReport {
  /// The tokens that the quota of tokens counted: quota tokens, on bedrock-mantle input and output; nil if unknown.
  package var countedTotal: Double? { totals?.countedQuotaTokens ?? countedTokens.map(UsageSeries.sum) }
}
