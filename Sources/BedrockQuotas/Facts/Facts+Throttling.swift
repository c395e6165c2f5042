extension Facts {
  /// The measure of the quota that throttled, by the words of the error: `.tpm` for "Too many tokens, please wait …".
  ///
  /// Bedrock calls requests per minute and concurrent requests alike; both are `.rpm` here.
  /// - Parameter message: the message of a `ThrottlingException`, or of another reply with status 429.
  /// - Returns: nil if the message doesn't tell.
  public func throttledMeasure(in message: String) -> QuotaMeasure? {
    let message = message.lowercased()
    return throttles.first { message.contains($0.text) }?.measure
  }
}
