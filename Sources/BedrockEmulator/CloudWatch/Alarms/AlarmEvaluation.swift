import Foundation

/// Computes the state of an alarm from its metric, when it is read.
///
/// It reads the `EvaluationPeriods` + 2 periods before the current minute and uses the last `EvaluationPeriods` values in them.
/// If there are fewer, `TreatMissingData` says how the missing ones count.
struct AlarmEvaluation {
  let store: MetricStore
  let now: Int

  /// Periods beyond those that are evaluated, to make up for missing ones.
  static let slack = 2

  func state(of alarm: Alarm) -> AlarmState {
    var state = alarm.state
    if let heldUntil = state.heldUntil, now < heldUntil { return state }
    state.heldUntil = nil
    guard let limit = alarm.limit, let values = values(of: alarm) else {
      state.change(to: .insufficientData, reason: "The emulator does not evaluate this alarm's expression.", at: now)
      return state
    }
    let recent = Array(values.suffix(alarm.evaluationPeriods))
    let breaching = recent.filter { limit.comparison.isBreached($0.value, limit.threshold) }.count
    let missing = alarm.evaluationPeriods - recent.count
    let value = decide(alarm, present: recent.count, breaching: breaching, missing: missing)
    state.change(to: value, reason: reason(value, recent, breaching, missing, limit, alarm.datapointsToAlarm), at: now)
    return state
  }

  private func decide(_ alarm: Alarm, present: Int, breaching: Int, missing: Int) -> AlarmState.Value {
    let needed = alarm.datapointsToAlarm
    switch alarm.treatMissingData {
    case .breaching: return breaching + missing >= needed ? .alarm : .ok
    case .notBreaching: return breaching >= needed ? .alarm : .ok
    case .missing:
      guard present > 0 else { return .insufficientData }
      return breaching >= min(needed, present) ? .alarm : .ok
    case .ignore:
      if breaching >= needed { return .alarm }
      // OK if too few values breach the threshold, even if all missing ones did.
      return present - breaching > alarm.evaluationPeriods - needed ? .ok : alarm.state.value
    }
  }

  /// The values in the order of time; nil if the emulator can't evaluate the alarm.
  private func values(of alarm: Alarm) -> [(time: Int, value: Double)]? {
    func window(_ period: Int) -> MetricWindow {
      MetricWindow(last: alarm.evaluationPeriods + Self.slack, period: period, now: now)
    }
    switch alarm.source {
    case .metric(let metric):
      let readings = store.read([metric.request], in: window(metric.period))
      return readings.first?.first?.points.compactMap { point in metric.statistic.value(of: point).map { (point.time, $0) } }
        ?? []
    case .queries(let queries, let result):
      guard let period = queries.period(of: result) else { return nil }
      return try? queries.evaluate(result, in: window(period), from: store)
    }
  }

  private func reason(
    _ value: AlarmState.Value, _ recent: [(time: Int, value: Double)], _ breaching: Int, _ missing: Int,
    _ limit: (comparison: Alarm.Comparison, threshold: Double), _ needed: Int
  ) -> String {
    guard value != .insufficientData else {
      return "Insufficient Data: \(missing) datapoint\(missing == 1 ? " was" : "s were") unknown."
    }
    guard !recent.isEmpty else {
      let treatment = value == .ok ? "NonBreaching" : "Breaching"
      return "Threshold Crossed: no datapoints were received for \(missing) period\(missing == 1 ? "" : "s")"
        + " and \(missing) missing datapoint\(missing == 1 ? " was" : "s were") treated as [\(treatment)]."
    }
    let shown = recent.suffix(5).reversed().map { "\($0.value) (\(Self.text($0.time)))" }.joined(separator: ", ")
    let negation = value == .alarm ? "" : "not "
    let count = value == .alarm ? breaching : recent.count
    return "Threshold Crossed: \(count) out of the last \(recent.count) datapoints [\(shown)] \(count == 1 ? "was" : "were") "
      + "\(negation)\(limit.comparison.words) the threshold (\(limit.threshold)) (minimum \(needed) "
      + "datapoint\(needed == 1 ? "" : "s") for OK -> ALARM transition)."
  }

  /// 24/11/26 13:48:00
  private static func text(_ time: Int) -> String {
    let iso = Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601)
    let parts = iso.split { "-T:Z".contains($0) }
    guard parts.count >= 6 else { return iso }
    return "\(parts[2])/\(parts[1])/\(parts[0].suffix(2)) \(parts[3]):\(parts[4]):\(parts[5])"
  }
}
