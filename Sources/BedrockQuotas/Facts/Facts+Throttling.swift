extension Facts {
  /// The measure of the quota that throttled, from the words of the error: `.tpm` for "Too many tokens, please wait …".
  ///
  /// Bedrock uses the same words for requests per minute and concurrent requests; both are `.rpm` here.
  /// - Parameter message: the message of a `ThrottlingException`, or of another reply with status 429.
  /// - Returns: nil if the message names no quota.
  public func throttledMeasure(in message: String) -> QuotaMeasure? {
    let message = message.lowercased()
    return throttles.first { message.contains($0.text) }?.measure
  }
}
