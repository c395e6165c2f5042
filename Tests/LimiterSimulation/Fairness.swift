import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// Tenants that share a limiter under overload.
enum Fairness {
  static func rows() async -> [Goals.Row] {
    await weights(from: 0) + weights(from: 60) + waking()
  }

  private static func shares(
    _ tenants: [Workload.Tenant], _ seconds: Range<Double>, weight: Double
  ) async -> [Double] {
    await Trials.map(Goals.seeds) { seed in
      var scenario = Goals.scenario(.bucket60, seed: seed)
      scenario.workload.tenants = tenants
      scenario.end = Int64(seconds.upperBound * 1e9)
      scenario.measured = Int64(seconds.lowerBound * 1e9)..<scenario.end
      let tally = Contender.ours(.bucket).play(scenario) { $0.tenantWeights = [1: weight] }
      return Double(tally.byTenant[1]) / Double(tally.byTenant.reduce(0, +))
    }
  }

  private static func weights(from start: Double) async -> [Goals.Row] {
    let both = [Workload.Tenant(number: 0, share: 1), Workload.Tenant(number: 1, share: 1)]
    let shares = await shares(both, start..<start + 60, weight: 3)
    return within("weights 1:3, seconds \(Int(start)) to \(Int(start) + 60): share of the heavier", shares, 0.73...0.77)
  }

  /// A tenant that was idle gets its share at once, and no more.
  private static func waking() async -> [Goals.Row] {
    let both = [Workload.Tenant(number: 0, share: 1), Workload.Tenant(number: 1, share: 1, active: 120...1e9)]
    let (soon, later) = await (shares(both, 121..<131, weight: 1), shares(both, 121..<181, weight: 1))
    return within("1:1, one wakes after 120 s: its share of the first 10 s", soon, 0.4...0.6)
      + within("1:1, one wakes after 120 s: its share of the first 60 s", later, 0.48...0.52)
  }

  private static func within(_ what: String, _ shares: [Double], _ range: ClosedRange<Double>) -> [Goals.Row] {
    let (low, high) = (shares.min() ?? 0, shares.max() ?? 0)
    return [
      Goals.Row(
        what: what, goal: "\(Format.percent(range.lowerBound)) to \(Format.percent(range.upperBound))",
        measured: "\(Format.percent(low)) to \(Format.percent(high))", isMet: range.contains(low) && range.contains(high))
    ]
  }
}
