import AWSWire
import Foundation
import Logging

/// A clock that is off: AWS refuses its signatures, and tells its own time when it does.
extension AWSClient {
  /// AWS's codes for a signature that it refuses, some of which are for wrong times only.
  static let refusedSignatureCodes: Set<String> = [
    "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture",
  ]

  /// The clock's error that explains a refused signature; nil if the clock doesn't.
  /// - Parameter added: the correction with which the request was signed.
  func skew(in service: AWSClientError.Service, _ response: AWSHTTPResponse, added: Double) -> ClockSkew? {
    guard Self.refusedSignatureCodes.contains(service.code) else { return nil }
    return ClockSkew(service, response, now: now().addingTimeInterval(added))
  }

  /// Corrects the time of later signatures, if a reply shows that the clock is off, as the AWS SDKs do.
  /// - Parameter added: the correction with which the refused request was signed.
  /// - Returns: whether the request may succeed if it is signed again.
  func correctsClock(after error: AWSClientError, _ response: AWSHTTPResponse, added: Double) -> Bool {
    guard let service = error.service, let skew = skew(in: service, response, added: added) else { return false }
    if clock.learn(skew, addedThen: added) {
      logger.warning(
        "This machine's clock is off. Requests are signed with AWS's time instead; set the clock.",
        metadata: ["clock": "\(skew.words) AWS's"])
    }
    return true
  }
}
