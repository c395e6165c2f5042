import AWSWire

extension UsageReport {
  /// What one project (bedrock-mantle) or one service tier (bedrock-runtime) has of the usage. It is a part of ``totals`` and never
  /// added to it.
  public struct Share: Sendable, Equatable {
    /// A project of bedrock-mantle; nil for a tier.
    public var project: String?
    /// The tier that requests asked for; nil for a project.
    public var serviceTier: String?
    /// The tier that served them: reserved capacity overflows into `default`.
    public var resolvedServiceTier: String?
    public var invocations: Double
    /// nil if the endpoint doesn't publish it.
    public var throttles: Double?
    public var clientErrors: Double
    /// nil if CloudWatch counts only the requests.
    public var inputTokens: Double?
    public var outputTokens: Double?

    /// `proj_1`, or `flex`; `reserved, served by default`.
    package var name: String {
      if let project { return project }
      let (asked, served) = (serviceTier ?? "", resolvedServiceTier ?? "")
      return asked == served ? asked : "\(asked), served by \(served)"
    }
  }

  /// The most shares of one report; the rest is left out, and the report says so.
  static let sharesMax = 100
}

extension UsageReport.Share {
  /// - Parameter part: the dimensions beside the model's.
  init(_ part: [Metric.Dimension], _ series: UsageSeries) {
    func value(_ name: String) -> String? { part.first { $0.name == name }?.value }
    (serviceTier, resolvedServiceTier) = (value("ServiceTier"), value("ResolvedServiceTier"))
    project = serviceTier == nil ? part.first?.value : nil
    (invocations, clientErrors) = (series.total(.invocations), series.total(.clientErrors))
    throttles = series.tells(.throttles) ? series.total(.throttles) : nil
    (inputTokens, outputTokens) = (series.tokens(.inputTokens), series.tokens(.outputTokens))
  }
}
