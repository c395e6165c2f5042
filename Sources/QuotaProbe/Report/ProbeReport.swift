package import BedrockQuotas
package import Foundation

/// The result of a probe: the shape of its JSON, and the source of its summary.
package struct ProbeReport: Sendable {
  /// The latencies of accepted trials in milliseconds, which the runner measures.
  package struct Latency: Sendable, Equatable, Encodable {
    package var p50: Double
    package var p90: Double
    package var p99: Double

    package init(p50: Double, p90: Double, p99: Double) {
      (self.p50, self.p90, self.p99) = (p50, p90, p99)
    }
  }

  package var id: String
  package var startedAt: Date
  /// The search's clock at ``startedAt``, in nanoseconds.
  private let origin: Int64
  package var finding: ProbeFinding?
  /// The answer instead of ``finding`` if concurrency was probed.
  package var concurrency: ProbeConcurrency?
  /// The answer instead of ``finding`` if the factor of max_tokens was probed.
  package var factor: ProbeFactor?
  package var steps: [ProbeStep]
  /// The latencies that the runner has measured, by the index of ``steps``.
  package var latencies: [Int: Latency] = [:]
  package var stop: ProbeStop
  package var advice: [String]

  /// - Parameters:
  ///   - resolution: of the id, to compare the finding with what is applied.
  ///   - startedAt: the date at `origin`.
  ///   - origin: the search's clock when it started, in nanoseconds.
  ///   - spelling: how the advice names parameters.
  package init(
    _ search: ProbeSearch, resolution: Resolution, startedAt: Date, origin: Int64, spelling: ParameterSpelling = .swift
  ) {
    id = resolution.id
    self.startedAt = startedAt
    self.origin = origin
    finding = search.finding
    concurrency = search.concurrency
    factor = search.factor
    steps = search.steps
    stop = search.stop ?? .interrupted
    advice = ProbeAdvice(search, resolution, spelling: spelling).lines
  }
}

extension ProbeReport: Encodable {
  private enum Key: String, CodingKey {
    case id, startedAt, semantics, steps, summary, stopReason, advice
    case name, likelihoods, measure, concurrent, ratePerMinute, rateSwings, burst, refusals, measureEvidence, reservation
    case kind, endedAt, targetRate, attempted, succeeded, throttled, errors, throttleRate, tokens, latencyMs, latenessMsMax
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    try container.encode(text(origin), forKey: .startedAt)
    if let finding { try encode(finding, into: container.nestedContainer(keyedBy: Key.self, forKey: .semantics)) }
    if let concurrency {
      var nested = container.nestedContainer(keyedBy: Key.self, forKey: .semantics)
      try nested.encode(QuotaMeasure.concurrent.rawValue, forKey: .measure)
      try nested.encode(concurrency, forKey: .concurrent)
    }
    if let factor {
      var nested = container.nestedContainer(keyedBy: Key.self, forKey: .semantics)
      try nested.encode("reservation", forKey: .measure)
      try nested.encode(factor, forKey: .reservation)
    }
    var list = container.nestedUnkeyedContainer(forKey: .steps)
    for (index, step) in steps.enumerated() {
      var nested = list.nestedContainer(keyedBy: Key.self)
      try nested.encode(step.kind, forKey: .kind)
      try nested.encode(text(step.startedAt), forKey: .startedAt)
      try nested.encode(text(step.endedAt), forKey: .endedAt)
      try nested.encode(step.targetRate, forKey: .targetRate)
      try nested.encode(Double(step.latenessMax) / 1e6, forKey: .latenessMsMax)
      try encodeCounts(of: step, into: &nested)
      try nested.encodeIfPresent(latencies[index], forKey: .latencyMs)
    }
    var sum = container.nestedContainer(keyedBy: Key.self, forKey: .summary)
    try encodeCounts(of: total, into: &sum)
    try container.encode(stop.rawValue, forKey: .stopReason)
    try container.encode(advice, forKey: .advice)
  }

  private func encode(_ finding: ProbeFinding, into container: KeyedEncodingContainer<Key>) throws {
    var container = container
    try container.encode(finding.semantics, forKey: .name)
    try container.encode(finding.likelihoods, forKey: .likelihoods)
    try container.encode(finding.measure.rawValue, forKey: .measure)
    try container.encode(finding.ratePerMinute, forKey: .ratePerMinute)
    try container.encode(finding.swings, forKey: .rateSwings)
    try container.encodeIfPresent(finding.burst, forKey: .burst)
    try container.encode(finding.throttles, forKey: .refusals)
    try container.encodeIfPresent(finding.measureEvidence, forKey: .measureEvidence)
  }

  private func encodeCounts(of step: ProbeStep, into container: inout KeyedEncodingContainer<Key>) throws {
    try container.encode(step.attempted, forKey: .attempted)
    try container.encode(step.succeeded, forKey: .succeeded)
    try container.encode(step.throttled, forKey: .throttled)
    try container.encode(step.errors, forKey: .errors)
    try container.encodeIfPresent(step.throttleRate, forKey: .throttleRate)
    try container.encode(step.tokens, forKey: .tokens)
  }

  /// All steps together.
  package var total: ProbeStep {
    var total = ProbeStep(
      kind: .plateau, startedAt: steps.first?.startedAt ?? origin, endedAt: steps.last?.endedAt ?? origin, targetRate: 0)
    for step in steps {
      total.attempted += step.attempted
      total.succeeded += step.succeeded
      total.throttled += step.throttled
      total.errors += step.errors
      total.tokens += step.tokens
      total.latenessMax = max(total.latenessMax, step.latenessMax)
    }
    return total
  }

  /// The date at an instant of the search's clock, as ISO 8601 with milliseconds.
  private func text(_ instant: Int64) -> String {
    let date = startedAt.addingTimeInterval(Double(instant - origin) / 1e9)
    return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
