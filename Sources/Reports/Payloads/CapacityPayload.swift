import Bedquota
import BedrockQuotas

/// `capacity` of one id as JSON; see docs/json.md.
struct CapacityPayload: Encodable {
  struct Binding: Encodable {
    var measure: QuotaMeasure
    var code: String?

    init(_ limit: CapacityLimit) { (measure, code) = (limit.measure, limit.code) }
  }

  /// A figure with both readings of the reservation.
  struct Bounds: Encodable {
    var lower: Double
    var upper: Double

    init?(_ bounds: CapacityRange.Bounds?) {
      guard let bounds, bounds.isWide else { return nil }
      (lower, upper) = (bounds.lower, bounds.upper)
    }
  }

  /// The figures that depend on whether the reservation counts the burndown; those that don't are absent.
  struct Ranges: Encodable {
    var reservationPerRequest: Bounds?
    var requestsAtOnce: Bounds?
    var requestsPerMinute: Bounds?
    var requestsPerDay: Bounds?
    var tokensPerMinute: Bounds?
    var hoursUntilDayIsUsedUp: Bounds?
    var rollingRequestsPerMinute: Bounds?
    var rollingShare: Bounds?
    /// The limit that binds if the reservation counts the burndown.
    var binding: Binding?

    init?(_ range: CapacityRange) {
      guard let strict = range.strict else { return nil }
      func bounds(_ figure: (Capacity) -> Double?) -> Bounds? { Bounds(range.bounds(figure)) }
      reservationPerRequest = bounds { $0.cost.reservation.map(Double.init) }
      requestsAtOnce = bounds { $0.requestsAtOnce.map(Double.init) }
      requestsPerMinute = bounds(\.requestsPerMinute)
      requestsPerDay = bounds(\.requestsPerDay)
      tokensPerMinute = bounds(\.tokensPerMinute)
      hoursUntilDayIsUsedUp = bounds(\.hoursUntilDayIsUsedUp)
      rollingRequestsPerMinute = bounds(\.rolling?.requestsPerMinute)
      rollingShare = bounds(\.rolling?.share)
      if strict.binding?.code != range.plain.binding?.code { binding = strict.binding.map(Binding.init) }
    }
  }

  /// What was measured, with `--hours`.
  struct Measured: Encodable {
    var invocations: Double
    var throttles: Double?
    var throttledBy: String?
    var status: String

    init?(_ usage: UsageReport?) {
      guard let usage, let totals = usage.totals else { return nil }
      (invocations, throttles) = (totals.invocations, totals.throttles)
      (throttledBy, status) = (usage.binding?.name, usage.status.rawValue)
    }
  }

  struct Limit: Encodable {
    var measure: QuotaMeasure
    var code: String?
    var name: String
    var quota: Double?
    var appliedValue: Double?
    var adjustable: Bool?
    var requestsPerMinute: Double?
    var rollingRequestsPerMinute: Double?
    var requestsPerDay: Double?
    /// The rates that depend on whether the reservation counts the burndown.
    var ranges: LimitRanges?
  }

  struct LimitRanges: Encodable {
    var requestsPerMinute: Bounds?
    var rollingRequestsPerMinute: Bounds?
    var requestsPerDay: Bounds?

    init?(_ range: CapacityRange, at index: Int) {
      func bounds(_ figure: (CapacityLimit) -> Double?) -> Bounds? { Bounds(range.bounds { figure($0.limits[index]) }) }
      requestsPerMinute = bounds(\.requestsPerMinute)
      rollingRequestsPerMinute = bounds(\.rollingRequestsPerMinute)
      requestsPerDay = bounds(\.requestsPerDay)
      if requestsPerMinute == nil, rollingRequestsPerMinute == nil, requestsPerDay == nil { return nil }
    }
  }

  struct Rolling: Encodable {
    var binding: Binding
    var requestsPerMinute: Double
    var share: Double?
  }

  var id: String
  var endpoint: String
  var modelId: String?
  var scope: QuotaScope
  var binding: Binding?
  var requestsPerMinute: Double?
  var requestsPerDay: Double?
  var tokensPerMinute: Double?
  var reservationPerRequest: Int?
  var finalCostPerRequest: Int?
  var requestsAtOnce: Int?
  var hoursUntilDayIsUsedUp: Double?
  var rolling: Rolling?
  var ranges: Ranges?
  var measured: Measured?
  var limits: [Limit]
  var contextWindow: Int?
  var maxOutputTokens: Int?
  var outputBurndown: Int?
  var disputed: DisputedPayload?
  var advice: [String]
  var provisioned: [ProvisionedPayload]?

  init(_ report: CapacityReport) {
    let (capacity, resolution) = (report.capacity, report.resolution)
    endpoint = report.endpoint.rawValue
    (id, modelId, scope) = (report.id, resolution.modelID?.description, resolution.scope)
    binding = capacity.binding.map(Binding.init)
    (requestsPerMinute, requestsPerDay) = (capacity.requestsPerMinute, capacity.requestsPerDay)
    tokensPerMinute = capacity.tokensPerMinute
    (reservationPerRequest, finalCostPerRequest) = (capacity.cost.reservation, capacity.cost.final)
    (requestsAtOnce, hoursUntilDayIsUsedUp) = (capacity.requestsAtOnce, capacity.hoursUntilDayIsUsedUp)
    rolling = capacity.rolling.map {
      Rolling(binding: Binding($0.binding), requestsPerMinute: $0.requestsPerMinute, share: $0.share)
    }
    ranges = Ranges(report.range)
    measured = Measured(report.usage)
    limits = capacity.limits.enumerated().map { index, limit in
      Limit(
        measure: limit.measure, code: limit.code, name: limit.name, quota: limit.quota, appliedValue: limit.appliedValue,
        adjustable: limit.adjustable,
        requestsPerMinute: limit.requestsPerMinute, rollingRequestsPerMinute: limit.rollingRequestsPerMinute,
        requestsPerDay: limit.requestsPerDay, ranges: LimitRanges(report.range, at: index))
    }
    (contextWindow, maxOutputTokens) = (resolution.contextWindow, resolution.maxOutputTokens)
    (outputBurndown, advice) = (capacity.outputBurndown, report.advice)
    var facts = resolution.disputed
    if outputBurndown != nil { facts.outputBurndown = nil }
    disputed = DisputedPayload(facts)
    provisioned = report.provisioned?.map(ProvisionedPayload.init)
  }
}
