/// Advice on the limit that binds.
extension Capacity {
  var bound: [String] {
    guard let binding, let requestsPerMinute, requestsPerMinute > 0, let quota = binding.quota else { return [] }
    switch binding.measure {
    case .rpm: return [requestsBound(binding, requestsPerMinute)]
    case .concurrent: return [concurrencyBound(binding, quota, requestsPerMinute)]
    default: return [raise(binding)].compactMap { $0 }
    }
  }

  /// How to raise a quota; nil for the client's own limit.
  private func raise(_ limit: CapacityLimit) -> String? {
    guard let code = limit.code else { return nil }
    let what = "\(code) (\(limit.measure.rawValue)) is what binds"
    switch (limit.adjustable, resolution.scope) {
    case (true?, _): return "\(what), and Service Quotas takes an increase request for it."
    case (false?, .onDemand):
      return
        "\(what), and it can't be raised: an inference profile (us., eu., global., …), where the model has one, has quotas of its own, and so has provisioned throughput."
    case (false?, .crossRegion):
      return
        "\(what), and it can't be raised: a global. profile, where the model has one, has quotas of its own, and so has provisioned throughput."
    case (false?, _): return "\(what), and it can't be raised: provisioned throughput has quotas of its own."
    case (nil, _): return "\(what)."
    }
  }

  private func requestsBound(_ limit: CapacityLimit, _ rate: Double) -> String {
    let way = raise(limit) ?? ""
    guard let final = cost.final, let quota = tokenLimit?.quota, quota >= 1 else { return way }
    let share = rate * Double(final) / quota
    return
      "\(way) It leaves \(NumberText.percent(share)) of the tokens per minute in use: fewer, larger requests reach more."
  }

  private func concurrencyBound(_ limit: CapacityLimit, _ quota: Double, _ rate: Double) -> String {
    let next = limits.filter { $0.measure != .concurrent }.compactMap { other in other.requestsPerMinute.map { (other, $0) } }
      .min { $0.1 < $1.1 }
    guard limit.code == nil, let latency = workload.latency, let (other, reachable) = next, reachable > rate else {
      return raise(limit) ?? "Only the concurrency of \(NumberText.significant(quota)) limits the workload."
    }
    // The small amount keeps a rounding error from adding a worker.
    let workers = (reachable * latency / 60 - 1e-9).rounded(.up)
    return
      "\(NumberText.significant(quota)) requests in flight reach \(NumberText.significant(rate)) requests per minute; \(NumberText.significant(workers)) would reach the \(NumberText.significant(reachable)) of \(other.measure.rawValue)\(other.code.map { " (\($0))" } ?? "")."
  }

  var day: [String] {
    var lines: [String] = []
    if let hours = hoursUntilDayIsUsedUp, let limit = limits.first(where: { $0.requestsPerDay == requestsPerDay }),
      let code = limit.code
    {
      lines.append("At this rate the day's tokens (\(code)) are used up after \(NumberText.significant(hours)) hours.")
    }
    if let price = resolution.accountWideQuota, workload.inputTokens != nil {
      lines.append(
        "\(price.code) (\(price.name.text)) is accounted by price, which sizes don't tell: it is not in these figures.")
    }
    return lines
  }

  /// Suggests provisioned throughput for steady use of a quota that can't be raised.
  func provisioned(_ busyShare: Double?) -> [String] {
    guard let busyShare, busyShare >= 0.5, let binding, binding.measure == .tpm || binding.measure == .rpm,
      binding.adjustable == false
    else { return [] }
    return [
      "The workload runs \(NumberText.percent(busyShare)) of the time against a quota that can't be raised: provisioned throughput is worth a look."
    ]
  }
}
