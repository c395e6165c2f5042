import AWSWire
import AsyncHTTPClient

extension AsyncHTTPTransport {
  /// Turns an error of async-http-client into one that says what to do.
  func explain(_ error: any Error, host: String, timeout: Duration) -> any Error {
    if let error = error as? HTTPClientError, let explained = explain(error, host: host, timeout: timeout) { return explained }
    if error is CancellationError || error is AWSClientError { return error }
    let text = "\(error)"
    if Self.unknownHost.contains(where: { text.contains($0) }) {
      return AWSClientError(
        .transport, "There is no host \(host); check the Region (is Bedrock offered there?) and the endpoint.",
        parameters: ["region", "endpointURL"], underlying: error)
    }
    if text.contains("NIOConnectionError") || text.contains("Connection refused") {
      return AWSClientError(
        .transport, "\(host) can't be reached; check the endpoint, the Region and the network.",
        parameters: ["endpointURL", "region"], underlying: error)
    }
    return AWSClientError(
      .transport, "The connection to \(host) broke before the reply was complete; try again.", underlying: error)
  }

  /// Texts of the errors of name resolution on Linux and macOS, for which NIO has no public type.
  private static let unknownHost = [
    "Name or service not known", "nodename nor servname", "UnknownHost", "no address associated",
    "Temporary failure in name resolution",
  ]

  private func explain(_ error: HTTPClientError, host: String, timeout: Duration) -> (any Error)? {
    switch error {
    case .cancelled: CancellationError()
    case .connectTimeout:
      AWSClientError(
        .timeout, "No connection to \(host) in time; check the Region, the endpoint and the network.",
        parameters: ["region", "endpointURL"], underlying: error)
    case .readTimeout:
      AWSClientError(.timeout, "\(host) sent nothing for \(idleSecondsMax) s; try again.", underlying: error)
    case .deadlineExceeded, .writeTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
      AWSClientError(
        .timeout, "\(host) did not answer within \(Self.seconds(timeout)) s; try again or raise the timeout.",
        parameters: ["timeout"], underlying: error)
    default: nil
    }
  }

  /// `60`, `0.5`
  private static func seconds(_ duration: Duration) -> String {
    let value = duration / .seconds(1)
    return value == value.rounded() ? "\(duration.components.seconds)" : "\(value)"
  }
}
