public import BedrockQuotas

/// The capacity of a workload over several ids, where ids of one pool count once.
public struct CapacitySet: Sendable {
  /// An id that adds nothing, because another one has the same quotas.
  public struct Shared: Sendable, Equatable {
    public var id: String
    /// The id whose report holds for both.
    public var with: String
  }

  /// One for each pool, of the first of its ids.
  public private(set) var reports: [CapacityReport] = []
  public private(set) var shared: [Shared] = []

  /// - Parameters:
  ///   - ids: the ids that the workload invokes, each with its endpoint; nil: as of ``CapacityReport``.
  ///   - workload: its concurrency must be nil: that of a client holds over all ids.
  ///   - outputBurndown: as of ``CapacityReport``.
  ///   - context: the account's quotas, models and profiles.
  ///   - provisioned: the account's provisioned throughput; nil if the caller may not list it.
  ///   - spelling: how the advice names parameters.
  /// - Throws: ``BedquotaError`` (`quotaUnknown`) for an id of which nothing is known.
  public init(
    of ids: [(id: InvokedID, endpoint: QuotaEndpoint?)], workload: Workload, outputBurndown: Int? = nil,
    in context: QuotaContext, provisioned: [ProvisionedThroughput]?, spelling: ParameterSpelling = .swift
  ) throws(BedquotaError) {
    precondition(workload.concurrency == nil, "The concurrency of a client holds over all ids.")
    var first: [String: String] = [:]
    for (id, endpoint) in ids {
      let report = try CapacityReport(
        of: id, workload: workload, outputBurndown: outputBurndown, in: context, provisioned: provisioned, endpoint: endpoint,
        spelling: spelling)
      let key = QuotaPooling.key(report.resolution) ?? id.text
      if let with = first[key] {
        if with != id.text { shared.append(Shared(id: id.text, with: with)) }
      } else {
        first[key] = id.text
        reports.append(report)
      }
    }
  }

  /// The requests per minute over all pools whose rate is known; nil if none is.
  public var requestsPerMinute: Double? { sum { $0.capacity.requestsPerMinute } }

  /// Quota tokens per minute at that rate, on bedrock-runtime alone; nil if none is known. bedrock-mantle counts other tokens.
  public var tokensPerMinute: Double? { sum { $0.endpoint == .mantle ? nil : $0.capacity.tokensPerMinute } }

  /// The requests per minute with both readings of the reservation; nil if no rate is known.
  public var requestRange: ClosedRange<Double>? {
    let ends = reports.compactMap { report -> (lower: Double, upper: Double)? in
      if let bounds = report.range.bounds(\.requestsPerMinute) { return (bounds.lower, bounds.upper) }
      return report.capacity.requestsPerMinute.map { ($0, $0) }
    }
    guard !ends.isEmpty else { return nil }
    let lower = ends.reduce(0) { $0 + $1.lower }
    return lower...max(lower, ends.reduce(0) { $0 + $1.upper })
  }

  /// The ids of pools whose rate is unknown, and which therefore add nothing to the sum.
  public var unknown: [String] { reports.filter { $0.capacity.requestsPerMinute == nil }.map(\.id) }

  private func sum(_ figure: (CapacityReport) -> Double?) -> Double? {
    let known = reports.compactMap(figure)
    return known.isEmpty ? nil : known.reduce(0, +)
  }
}
