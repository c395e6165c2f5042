/// What becomes of a record whose request failed, and of its run.
enum RecordVerdict: Sendable, Equatable {
  /// The error is the record's result.
  case result
  /// The record has no result, so that a run that resumes sends it.
  case left
  /// The record has no result, and no further one can succeed either.
  case endsRun(reason: String)

  /// - Parameters:
  ///   - isStopping: whether the run is to end, so that nothing is tried again.
  ///   - patience: how long the client has waited for the service; zero if its attempts have decided.
  ///   - sinceReply: the time since any request of the run succeeded, or since the run began.
  init(_ error: any Error, isStopping: Bool, patience: Duration, sinceReply: Duration) {
    let failure = InvocationFailure(error)
    let message = RecordFailure(error).message
    if failure.kind == .cancelled || (isStopping && failure.mayPass) {
      self = .left
    } else if failure.endsRun {
      self = .endsRun(reason: message)
    } else if patience > .zero, failure.mayPass, sinceReply > patience / 2 {
      // If others succeed meanwhile, the failure is the record's own.
      self = .endsRun(reason: "the service was away for longer than the run waits: \(message)")
    } else {
      self = .result
    }
  }
}
