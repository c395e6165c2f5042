import Synchronization

/// Counts the quotas and pages that two concurrent listings have read.
final class ProgressCounter: Sendable {
  private let report: QuotaDiscovery.Progress?
  private let counts = Mutex((quotas: 0, pages: 0))

  init(_ report: QuotaDiscovery.Progress?) { self.report = report }

  /// - Parameter pages: negative for pages that were read in vain.
  func add(quotas: Int, pages: Int = 1) {
    let now = counts.withLock { counts in
      counts.quotas += quotas
      counts.pages += pages
      return counts
    }
    report?(now.quotas, now.pages)
  }
}
