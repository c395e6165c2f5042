import AWSWire
import Synchronization

/// Counts what becomes of a request at one candidate, and learns from it where to send others.
struct RouteObserver: RequestObserver {
  let router: QuotaRouter
  let candidate: Int
  let session: RouteSession?
  /// nil: the request isn't hedged.
  let role: HedgeRole?

  func observe(_ action: RequestCourse.Action, at now: Duration) {
    let routeNow = router.now
    // Of two attempts one decides what becomes of the request: the first to have a reply, or the first attempt's end. Both cost tokens.
    let decides = role?.decides(after: action) ?? true
    let unanswered = role?.follow(action, at: candidate, now: routeNow)
    router.book.withLock { book in
      if let unanswered { book.hedges?.began(after: unanswered) }
      book.statistics.record(action, isEnd: decides, at: now)
      if let second = role?.second { book.hedges?.ended(second, action, isWon: decides) }
      guard let usage = action.reportedUsage else { return }
      let tokens = router.candidates[candidate].client.metering.quotaTokens(usage)
      book.chooser.used(tokens, by: candidate, at: routeNow)
      book.hedges?.used(tokens)
      guard let session else { return }
      book.chooser.learned(session, cachedTokens: usage.cacheRead + usage.cacheWrite, at: candidate, now: routeNow)
    }
  }

  func headArrived() {
    let now = router.now
    let waited = role?.began(at: now)
    let isBack = router.book.withLock { book in
      if let waited { book.hedges?.began(after: waited) }
      return book.chooser.answered(candidate)
    }
    if isBack { router.wakeWaiters() }
  }
}
