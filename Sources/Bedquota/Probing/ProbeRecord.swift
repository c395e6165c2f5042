import QuotaProbe

/// The times and counts that a runner measures for its trials; the search doesn't use them.
struct ProbeRecord {
  /// The clock's reading at the start, in nanoseconds.
  let origin: Int64
  private var sent: [Int: (step: Int, at: Int64)] = [:]
  private var latencies: [LatencyHistogram] = []
  /// See ``ProbeRunner/Outcome/seconds``. At most one element for each second of the probe.
  private(set) var seconds: [ProbeRunner.Second] = []

  init(at origin: Int64) { self.origin = origin }

  mutating func sent(_ trial: Trial, at now: Int64) { sent[trial.id] = (trial.step, now) }

  mutating func answered(_ id: Int, _ outcome: ProbeOutcome, at now: Int64) {
    guard let (step, since) = sent.removeValue(forKey: id) else { return }
    let second = Int((since - origin) / 1_000_000_000)
    while seconds.count <= second { seconds.append(ProbeRunner.Second()) }
    switch outcome {
    case .accepted:
      while latencies.count <= step { latencies.append(LatencyHistogram()) }
      latencies[step].record(.nanoseconds(now - since))
      seconds[second].accepted += 1
    case .throttled: seconds[second].throttled += 1
    case .capacity, .denied, .invalid, .lost: break
    }
  }

  func addLatencies(to report: inout ProbeReport) {
    for (step, histogram) in latencies.enumerated() {
      report.latencies[step] = histogram.percentiles.map {
        let millisecond = Duration.milliseconds(1)
        return ProbeReport.Latency(p50: $0.p50 / millisecond, p90: $0.p90 / millisecond, p99: $0.p99 / millisecond)
      }
    }
  }
}
