import AWSWire
import Logging

extension AWSClient {
  /// Warns, once for each endpoint, that others can read and change what AWS's own keys sign.
  ///
  /// AWS's keys begin with AKIA or ASIA; those of emulators don't have to. Source:
  /// docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html.
  func warnOfPlainHTTP(_ credentials: Credentials, at endpoint: Endpoint) {
    let isReal = credentials.accessKeyID.count >= 16 && ["AKIA", "ASIA"].contains(String(credentials.accessKeyID.prefix(4)))
    guard isReal, endpoint.scheme == "http", !endpoint.isLoopback else { return }
    guard plainEndpoints.isNew(endpoint.authority) else { return }
    logger.warning(
      "Requests that your AWS keys sign travel over plain http, where others can read and change them; use https.",
      metadata: ["endpoint": "http://\(endpoint.authority)"])
  }
}
