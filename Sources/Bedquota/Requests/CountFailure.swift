import AWSWire

/// What a failed count of tokens means for the requests that follow.
struct CountFailure: Sendable, Equatable {
  /// Whether no later count can succeed either.
  var isFinal: Bool
  /// A sentence for people.
  var note: String

  init(_ error: any Error) {
    let service = (error as? AWSClientError)?.service
    let message = (error as? AWSClientError)?.message ?? (error as? BedquotaError)?.message ?? "\(error)"
    switch service?.status {
    case 401?, 403?, 404?, 405?, 501?: isFinal = true
    // Another 400 may be about this request's body only.
    case 400?: isFinal = message.contains("support counting tokens")
    // A throttle, a breakdown, a lost connection or an odd reply passes.
    default: isFinal = false
    }
    // Only one failure can be final; of the others there may be many, so their note has no request id.
    let short = (error as? AWSClientError)?.shortDescription ?? (error as? BedquotaError)?.shortDescription ?? "an error"
    note =
      isFinal
      ? "Tokens can't be counted beforehand, so input is estimated. \(message)"
      : "Some requests could not be counted beforehand (\(short)), so their input was estimated."
  }
}
