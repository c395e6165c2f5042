/// Why an exchange with AWS failed, as far as this process sees it.
enum UpstreamFailure: Error {
  /// The connection ended before the reply did.
  case broken
  /// The service sent nothing for too long.
  case silence
  /// The reply isn't one that two readers would read alike; the text says why, and follows "a reply".
  case malformed(String)
  /// This process is ending.
  case closing
  /// Whoever wanted the reply is gone.
  case cancelled
}
