import Synchronization

/// Counts the quotas and pages that two concurrent listings have read.
final class ProgressCounter: Sendable {
  private let report: QuotaDiscovery.Progress?
  private let counts = Mutex((quotas: 0, pages: 0))

  init(_ report: QuotaDiscovery.Progress?) { self.report = report }

  func add(quotas: Int) {
    let now = counts.withLock { counts in
      counts.quotas += quotas
      counts.pages += 1
      return counts
    }
    report?(now.quotas, now.pages)
  }
}
