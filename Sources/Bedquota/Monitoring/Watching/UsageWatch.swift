package import BedrockQuotas
import Foundation
import Synchronization

/// Reads the usage of places again and again, and has what was read for whoever asks. However many ask, CloudWatch is read once an interval.
package final class UsageWatch: Sendable {
  package struct Settings: Sendable {
    /// nil: every model with traffic.
    package var ids: [InvokedID]?
    /// nil: both.
    package var endpoint: QuotaEndpoint?
    package var facts: Facts
    /// From one reading to the next; a minute at least.
    package var interval: Duration

    package init(ids: [InvokedID]? = nil, endpoint: QuotaEndpoint? = nil, facts: Facts = .builtIn, interval: Duration) {
      (self.ids, self.endpoint, self.facts, self.interval) = (ids, endpoint, facts, interval)
    }
  }

  /// What is known of a place.
  package struct PlaceState: Sendable {
    package var place: Place
    /// Of the last hour at least, against the quotas; empty before the first reading.
    package var reports: [UsageReport] = []
    /// Unix seconds; nil: never read.
    package var readAt: Int?
    package var quotasReadAt: Int?
    /// Why the last reading failed; nil: it did not.
    package var problem: String?
    package var failures = 0
    /// Requests for increases that wait for a decision; nil: they can't be read, or were not yet.
    package var openIncreases: [IncreaseRecord]?
    /// What the last reading asked of CloudWatch; nil before there was one of an hour, because the first one is of a day.
    package var requested: MetricDataCount.Counts?
    /// The same since the start.
    package var requestedInAll = MetricDataCount.Counts()
    /// What AWS or CloudWatch said about the answers.
    package var notes: [String] = []

    package init(place: Place) { self.place = place }
  }

  package struct State: Sendable {
    package var places: [PlaceState] = []
    package var counters = UsageCounters()
    /// Another one after each change.
    package fileprivate(set) var version = 0

    package init() {}

    /// Whether every place was read, or tried, once.
    package var isRead: Bool { !places.isEmpty && places.allSatisfy { $0.readAt != nil || $0.problem != nil } }
  }

  package let settings: Settings
  private let state = Mutex(State())
  private let changes = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])
  private let lastWatcher = Mutex(0)

  /// Quotas and requests for increases change seldom.
  private static let quotasSeconds = 3_600
  /// What is read each time, in seconds: the hour that pages show.
  private static let windowSeconds = 3_600
  /// What is read again, in seconds, because CloudWatch gets late data.
  private static let lateSeconds = 1_200
  /// The first reading, and the longest, in seconds: tokens per day are of 24 hours.
  private static let daySeconds = 86_400

  package init(_ settings: Settings) { self.settings = settings }

  package var current: State { state.withLock { $0 } }

  /// Yields at once, and after each reading of whatever place.
  package func updates() -> AsyncStream<Void> {
    let id = lastWatcher.withLock { number in
      number += 1
      return number
    }
    return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      changes.withLock { $0[id] = continuation }
      // A reading may have ended before somebody asked.
      continuation.yield()
      continuation.onTermination = { [weak self] _ in self?.changes.withLock { _ = $0.removeValue(forKey: id) } }
    }
  }

  /// Says that a place could not even be asked.
  package func failed(_ place: Place, _ problem: String) {
    update(place) { state in
      state.problem = problem
      state.failures += 1
    }
  }

  /// Reads a place until the task is cancelled.
  /// - Parameters:
  ///   - tell: turns an error into a sentence for the user.
  ///   - onlyOnce: returns after the first reading.
  package func run(
    _ session: BedquotaSession, place: Place, onlyOnce: Bool = false, tell: @escaping @Sendable (any Error) -> String
  ) async {
    update(place) { _ in }
    var context: (value: QuotaContext, at: Int)?
    let clock = ContinuousClock()
    while !Task.isCancelled {
      let started = clock.now
      let now = Int(Date().timeIntervalSince1970)
      do {
        if context.map({ now - $0.at >= Self.quotasSeconds }) ?? true {
          let read = try await session.discovery.context(for: settings.ids ?? [], facts: settings.facts)
          // Old quotas are better than none.
          if let problem = read.quotasProblem, context == nil { throw problem }
          if read.quotasProblem == nil { context = (read, now) }
          let open = try? await session.increases.history().filter(\.isOpen)
          update(place) { state in
            state.openIncreases = open
            state.quotasReadAt = context?.at
          }
        }
        if let context {
          let isFirst = current.places.contains { $0.place == place && $0.readAt == nil }
          try await read(session, place, context.value, now: now)
          // What the day costs is not what each reading costs.
          if isFirst, !onlyOnce { try await read(session, place, context.value, now: now) }
        }
      } catch is CancellationError {
        return
      } catch {
        failed(place, tell(error))
      }
      if onlyOnce { return }
      try? await clock.sleep(until: started.advanced(by: settings.interval))
    }
  }

  private func read(_ session: BedquotaSession, _ place: Place, _ context: QuotaContext, now: Int) async throws {
    let last = state.withLock { state in state.places.first { $0.place == place }?.readAt }
    let isDay = last == nil
    let seconds = last.map { min(max(now - $0 + Self.lateSeconds, Self.windowSeconds), Self.daySeconds) } ?? Self.daySeconds
    let window = try UsageWindow(hours: Double(seconds) / 3_600, periodSeconds: 60)
    let read = try await session.monitor.usage(
      of: settings.ids, in: window, context: context, facts: settings.facts, endpoint: settings.endpoint, detail: .averageLatency)
    let reports = read.reports.map { report in
      var report = report
      report.place = place
      return report
    }
    state.withLock { $0.counters.add(reports, of: place) }
    let start = window.endSeconds - Self.windowSeconds
    let hour = reports.compactMap { $0.narrowed(from: start, to: window.endSeconds) }
    update(place) { state in
      state.reports = hour.filter { settings.ids != nil || $0.totals != nil }
      (state.readAt, state.problem) = (now, nil)
      if !isDay { state.requested = read.requested }
      state.requestedInAll.calls += read.requested.calls
      state.requestedInAll.metrics += read.requested.metrics
      state.notes = read.messages
    }
  }

  private func update(_ place: Place, _ change: (inout PlaceState) -> Void) {
    state.withLock { state in
      let index = state.places.firstIndex { $0.place == place } ?? state.places.count
      if index == state.places.count { state.places.append(PlaceState(place: place)) }
      change(&state.places[index])
      state.version += 1
      // An account that failed before its Region was known has one now.
      if !place.region.isEmpty { state.places.removeAll { $0.place == Place(account: place.account, region: "") } }
      state.places.sort { ($0.place.account ?? "", $0.place.region) < ($1.place.account ?? "", $1.place.region) }
    }
    for continuation in changes.withLock({ Array($0.values) }) { continuation.yield() }
  }
}
