extension QuotaAwareClient {
  /// What all requests wait for, in a sentence; nil if they don't wait for the service.
  package var waitingFor: String? { nil }
}
