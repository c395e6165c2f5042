import AWSWire
import Synchronization

/// Counts what becomes of a request at one candidate, and learns from it where to send others.
struct RouteObserver: RequestObserver {
  let router: QuotaRouter
  let candidate: Int
  let session: RouteSession?

  func observe(_ action: RequestCourse.Action, at now: Duration) {
    let routeNow = router.now
    router.book.withLock { book in
      book.statistics.record(action, at: now)
      guard let usage = action.reportedUsage else { return }
      book.chooser.used(router.candidates[candidate].client.metering.quotaTokens(usage), by: candidate, at: routeNow)
      guard let session else { return }
      book.chooser.learned(session, cachedTokens: usage.cacheRead + usage.cacheWrite, at: candidate, now: routeNow)
    }
  }

  func headArrived() {
    guard router.book.withLock({ $0.chooser.answered(candidate) }) else { return }
    router.wakeWaiters()
  }
}
