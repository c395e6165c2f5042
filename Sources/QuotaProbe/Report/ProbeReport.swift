package import BedrockQuotas
import Foundation

/// What a probe came to: the shape of `probe --output json` (`semantics` holds the finding), and what a summary is made of.
package struct ProbeReport: Sendable {
  /// Milliseconds, of answers that are no refusals; the runner measures them.
  package struct Latency: Sendable, Equatable, Encodable {
    package var p50: Double
    package var p90: Double
    package var p99: Double

    package init(p50: Double, p90: Double, p99: Double) {
      (self.p50, self.p90, self.p99) = (p50, p90, p99)
    }
  }

  package var id: String
  /// Seconds since 1970.
  package var startedAt: Double
  /// The clock's nanoseconds at that moment.
  package var origin: Int64
  package var finding: ProbeFinding?
  /// In place of ``finding``, where it was looked for.
  package var concurrency: ProbeConcurrency?
  package var steps: [ProbeStep]
  /// For each of ``steps``, where the runner has measured it.
  package var latencies: [Int: Latency] = [:]
  package var stop: ProbeStop
  package var advice: [String]

  /// - Parameters:
  ///   - startedAt: seconds since 1970 at `origin`.
  ///   - origin: when the search's clock showed the start, in nanoseconds.
  ///   - resolution: of the id, for comparing with what is applied.
  package init(_ search: ProbeSearch, resolution: Resolution, startedAt: Double, origin: Int64) {
    id = resolution.id
    self.startedAt = startedAt
    self.origin = origin
    finding = search.finding
    concurrency = search.concurrency
    steps = search.steps
    stop = search.stop ?? .interrupted
    advice = ProbeAdvice(search, resolution).lines
  }
}

extension ProbeReport: Encodable {
  private enum Key: String, CodingKey {
    case id, startedAt, semantics, steps, summary, stopReason, advice
    case name, likelihoods, measure, concurrent, ratePerMinute, rateSwings, burst, refusals, measureEvidence
    case kind, endedAt, targetRate, attempted, succeeded, throttled, errors, throttleRate, tokens, latencyMs, latenessMsMax
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    try container.encode(date(origin), forKey: .startedAt)
    if let finding { try encode(finding, into: container.nestedContainer(keyedBy: Key.self, forKey: .semantics)) }
    if let concurrency {
      var nested = container.nestedContainer(keyedBy: Key.self, forKey: .semantics)
      try nested.encode(QuotaMeasure.concurrent.rawValue, forKey: .measure)
      try nested.encode(concurrency, forKey: .concurrent)
    }
    var list = container.nestedUnkeyedContainer(forKey: .steps)
    for (index, step) in steps.enumerated() {
      var nested = list.nestedContainer(keyedBy: Key.self)
      try nested.encode(step.kind, forKey: .kind)
      try nested.encode(date(step.startedAt), forKey: .startedAt)
      try nested.encode(date(step.endedAt), forKey: .endedAt)
      try nested.encode(step.targetRate, forKey: .targetRate)
      try nested.encode(Double(step.latenessMax) / 1e6, forKey: .latenessMsMax)
      try encodeCounts(of: step, into: &nested)
      try nested.encodeIfPresent(latencies[index], forKey: .latencyMs)
    }
    var sum = container.nestedContainer(keyedBy: Key.self, forKey: .summary)
    try encodeCounts(of: total, into: &sum)
    try container.encode(stop.code, forKey: .stopReason)
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
    try container.encode(finding.refusals, forKey: .refusals)
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

  private func date(_ instant: Int64) -> String {
    let date = Date(timeIntervalSince1970: startedAt + Double(instant - origin) / 1e9)
    return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
