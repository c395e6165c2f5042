package import Bedquota
import BedrockQuotas

extension LiveStatus {
  /// CloudWatch sums whole minutes, and has the last one late: what is shown as used is the busiest of so many minutes that are over.
  package static let recentMinutes = 5

  /// What CloudWatch told.
  /// - Parameter now: Unix seconds.
  package init(_ state: UsageWatch.State, every interval: Duration, now: Int) {
    let newest = state.places.compactMap(\.readAt).max()
    let notes = state.places.flatMap { place in place.notes.map { "\(place.place.words): \($0)" } }
    let problems = state.places.compactMap { place in place.problem.map { "\(place.place.words): \($0)" } }
    self.init(
      source: .cloudwatch, at: Timestamp(seconds: newest ?? now),
      reading: Reading(
        version: BedquotaVersion.current, everySeconds: Int(interval / .seconds(1)),
        readAt: newest.map { Timestamp(seconds: $0) },
        problem: problems.isEmpty ? nil : problems.joined(separator: " "), notes: notes.isEmpty ? nil : notes))
    let names = Set(state.places.map { Self.account($0.place) })
    accounts = names.sorted().map { name in
      let places = state.places.filter { Self.account($0.place) == name }
      var account = Account(
        name: name, role: nil, isReady: places.contains { $0.readAt != nil && $0.problem == nil }, credentialsProblem: nil)
      account.regions = places.map { place in
        var region = Region(region: place.place.region)
        region.quotasReadAt = place.quotasReadAt.map { Timestamp(seconds: $0) }
        region.quotasProblem = place.problem
        return region
      }
      return account
    }
    pools = state.places.flatMap { place in
      place.reports.map { report in
        Pool(report, of: place, tokensOfDay: state.counters.tokensOfDay(.init(place.place, report.endpoint, report.id), now: now))
      }
    }
  }

  /// What an account is called whose name nobody gave.
  static func account(_ place: Place) -> String { place.account ?? "own" }
}

extension LiveStatus.Pool {
  init(_ report: UsageReport, of place: UsageWatch.PlaceState, tokensOfDay: Double?) {
    self.init(
      id: report.id, account: LiveStatus.account(place.place), region: place.place.region, endpoint: report.endpoint.rawValue,
      status: report.resolution.status.rawValue)
    quotas = LiveQuota.all(of: report, tokensOfDay: tokensOfDay).compactMap { quota in
      guard let limit = quota.limit else { return nil }
      return .init(
        code: quota.code, name: quota.name, measure: quota.measure.rawValue, limit: limit, level: quota.used.map { limit - $0 },
        used: quota.used)
    }
    // bedrock-mantle doesn't publish them.
    if report.endpoint != .mantle { throttlesLastHour = Int(saturating: report.totals?.throttles ?? 0) }
    let demand = report.demandSeries
    let throttles = report.endpoint == .mantle ? nil : report.sums.counts(.throttles)
    lastHour = LiveStatus.History(
      start: Timestamp(seconds: report.window.seconds(of: 0)), demand: demand.map { $0.isNaN ? nil : $0 },
      throttles: throttles?.map { $0.isNaN ? nil : $0 } ?? demand.map { _ in nil })
    quotasReadAt = place.quotasReadAt.map { Timestamp(seconds: $0) }
    notes = report.notes
  }
}
