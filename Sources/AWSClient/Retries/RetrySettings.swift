import AWSWire

/// `AWS_RETRY_MODE` and `AWS_MAX_ATTEMPTS`, or `retry_mode` and `max_attempts` of the profile.
///
/// All modes retry by ``RetryPolicy``. `legacy` has only its number of attempts of its own, and `adaptive` adds nothing, because calls
/// are paced in every mode.
struct RetrySettings: Sendable, Equatable {
  private enum Mode: String, CaseIterable { case legacy, standard, adaptive }

  /// More would only prolong an outage.
  private static let attemptsMax = 10
  /// Attempts per call, including the first: 1 to 10.
  var maxAttempts: Int

  /// - Throws: ``AWSClientError`` (`configuration`) for a value that AWS's tools don't know.
  init(environment: [String: String], profile: Profile?) throws(AWSClientError) {
    func setting(_ variable: String, _ key: String) -> (origin: String, value: String)? {
      if let value = environment[variable].nonEmpty { return (variable, value) }
      guard let profile, let value = profile[key] else { return nil }
      return ("\(key) of profile \(profile.name)", value)
    }
    var mode = Mode.standard
    if let (origin, value) = setting("AWS_RETRY_MODE", "retry_mode") {
      guard let known = Mode(rawValue: value.lowercased()) else {
        throw AWSClientError(.configuration, "\(origin) is \"\(value)\"; it takes legacy, standard or adaptive.")
      }
      mode = known
    }
    // Source: botocore 1.44.8, `client.py` and `retries/standard.py`: `legacy` retries four times, the others twice.
    maxAttempts = mode == .legacy ? 5 : 3
    if let (origin, value) = setting("AWS_MAX_ATTEMPTS", "max_attempts") {
      guard let attempts = Int(value), attempts >= 1 else {
        throw AWSClientError(.configuration, "\(origin) is \"\(value)\"; it takes a whole number of attempts from 1.")
      }
      maxAttempts = min(attempts, Self.attemptsMax)
    }
  }
}
