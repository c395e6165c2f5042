package import AWSWire
import AsyncHTTPClient
import NIOCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Turns what goes wrong on the network into errors that say what to do, for every client of this process.
package struct ConnectionErrors: Sendable {
  /// A failure that only the client knows by its own types.
  package enum Failure: Error {
    /// No connection, with the proxy's and TLS's part of it, within the time for it.
    case connectTimeout
    /// The proxy asks for a user and password.
    case proxyAuthentication
    /// The proxy answered with something else than a connection.
    case proxyReply

    fileprivate var asHTTPClientError: HTTPClientError {
      switch self {
      case .connectTimeout: .connectTimeout
      case .proxyAuthentication: .proxyAuthenticationRequired
      case .proxyReply: .invalidProxyResponse
      }
    }
  }

  let network: NetworkSettings

  package init(_ network: NetworkSettings) { self.network = network }

  /// Explains an error of a streamed exchange, and says how far the request got.
  /// - Parameters:
  ///   - silence: the limit of the service's silence.
  ///   - isSentWhole: whether all of the request was handed to the connection.
  package func explain(
    _ error: any Error, _ destination: Destination, silence: Duration, isSentWhole: Bool
  ) async -> any Error {
    delivered(await explain(error, destination, timeout: silence, isSent: isSentWhole), isSentWhole: isSentWhole)
  }

  /// The service's silence as an error.
  package func silence(_ silence: Duration, _ destination: Destination, isSentWhole: Bool) -> AWSClientError {
    var error = AWSClientError(
      .timeout, "\(destination.authority) sent nothing of use for \(Self.seconds(silence)) s; try again or raise the timeout.",
      parameters: ["timeout"])
    if !isSentWhole { error.delivery = .unsent }
    return error
  }

  private func delivered(_ error: any Error, isSentWhole: Bool) -> any Error {
    guard let explained = error as? AWSClientError, !isSentWhole, explained.delivery == .sent,
      explained.code == .transport || explained.code == .timeout
    else { return error }
    var copy = explained
    copy.delivery = .unsent
    return copy
  }

  /// Turns an error of a streamed exchange into one that says what to do, and how far the request got.
  func explain(_ error: any Error, _ destination: Destination, clock: ReplyClock) async -> any Error {
    let isSentWhole = clock.isSentWhole
    switch error as? ReplyClock.Expiry {
    case nil:
      let explained = await explain(error, destination, silence: clock.limits.silence, isSentWhole: isSentWhole)
      return explained is AWSClientError || !(error is HTTPClientError) ? explained : CancellationError()
    case .silence: return silence(clock.limits.silence, destination, isSentWhole: isSentWhole)
    case .deadline:
      let deadline = clock.limits.deadline ?? clock.limits.timeLeft ?? .zero
      return delivered(
        AWSClientError(
          .timeout,
          "The deadline of \(Self.seconds(deadline)) s passed before the reply from \(destination.authority) was complete; extend the deadline.",
          parameters: ["deadline"]), isSentWhole: isSentWhole)
    }
  }

  /// Turns an error of a client into one that says what to do.
  /// - Parameter isSent: whether all of the request has left; false if that isn't known.
  func explain(
    _ error: any Error, _ destination: Destination, timeout: Duration, isSent: Bool = false
  ) async -> any Error {
    if error is CancellationError || error is AWSClientError { return error }
    let error = (error as? Failure)?.asHTTPClientError ?? error
    let host = destination.authority
    if let status = error as? StatusGuard.InvalidStatus {
      return AWSClientError(
        .response, "\(host) answered with \(status), which is not a status; is the endpoint really AWS's?",
        parameters: ["endpointURL"], underlying: error)
    }
    if Self.isExhaustion(error) {
      var exhausted = AWSClientError(
        .transport,
        "This machine has no file or port left for a connection to \(host); raise its limit of open files (ulimit -n).",
        underlying: error)
      exhausted.delivery = .exhausted
      return exhausted
    }
    if let explained = await tlsFailure(error, destination) { return explained }
    if let explained = await proxyFailure(error, destination, isSent: isSent) { return explained }
    if let error = error as? HTTPClientError, let explained = explain(error, host: host, timeout: timeout) { return explained }
    if Self.isUnknownHost(error) {
      let doubt = destination.host.hasPrefix("bedrock") ? " (is Bedrock offered there?)" : ""
      return AWSClientError(
        .transport,
        "The name \(destination.host) can't be resolved; check the network, its DNS and whether it needs a proxy (HTTPS_PROXY), then the Region\(doubt) and the endpoint.",
        parameters: ["region", "endpointURL"], underlying: error)
    }
    if Self.isRefusedConnection(error) {
      return AWSClientError(
        .transport, "\(host) can't be reached; check the endpoint, the Region and the network.",
        parameters: ["endpointURL", "region"], underlying: error)
    }
    let way = destination.route.proxy.map { " through \($0.words)" } ?? ""
    return AWSClientError(
      .transport, "The connection to \(host)\(way) broke before the reply was complete; try again.", underlying: error)
  }

  /// Whether the name of what was to be connected to is unknown.
  static func isUnknownHost(_ error: any Error) -> Bool {
    let text = "\(error)"
    return unknownHost.contains { text.contains($0) }
  }

  /// Whether no address of it took the connection.
  static func isRefusedConnection(_ error: any Error) -> Bool {
    let text = "\(error)"
    return text.contains("NIOConnectionError") || text.contains("Connection refused")
  }

  /// Whether this machine, and not the service, has run out of something that a connection needs.
  private static func isExhaustion(_ error: any Error) -> Bool {
    let codes = [EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL]
    if let error = error as? IOError { return codes.contains(error.errnoCode) }
    // NIO's error of a failed connection holds one error for each address; its type is not ours to import.
    let text = "\(error)"
    return codes.contains { text.contains("(errno: \($0))") }
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
        .timeout,
        "No connection to \(host) within \(Self.seconds(network.connectTimeout)) s; check the network, whether it needs a proxy (HTTPS_PROXY), the Region and the endpoint.",
        parameters: ["region", "endpointURL", "connectTimeout"], underlying: error)
    case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
      AWSClientError(
        .timeout, "\(host) did not answer within \(Self.seconds(timeout)) s; try again or raise the timeout.",
        parameters: ["timeout"], underlying: error)
    default: nil
    }
  }

  /// `60`, `0.5`
  static func seconds(_ duration: Duration) -> String {
    let value = duration / .seconds(1)
    return value == value.rounded() ? "\(duration.components.seconds)" : "\(value)"
  }
}
