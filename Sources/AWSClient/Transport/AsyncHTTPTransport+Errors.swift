import AWSWire
import AsyncHTTPClient
import NIOCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension AsyncHTTPTransport {
  /// Turns an error of a streamed exchange into one that says what to do, and how far the request got.
  func explain(_ error: any Error, _ destination: Destination, clock: ReplyClock) async -> any Error {
    guard let explained = await explained(error, destination, clock: clock) as? AWSClientError else {
      return error is HTTPClientError ? CancellationError() : error
    }
    guard explained.code == .transport || explained.code == .timeout, explained.delivery == .sent, !clock.isSentWhole else {
      return explained
    }
    var copy = explained
    copy.delivery = .unsent
    return copy
  }

  private func explained(_ error: any Error, _ destination: Destination, clock: ReplyClock) async -> any Error {
    guard let expiry = error as? ReplyClock.Expiry else {
      return await explain(error, destination, timeout: clock.limits.silence, isSent: clock.isSentWhole)
    }
    let host = destination.authority
    switch expiry {
    case .silence:
      return AWSClientError(
        .timeout, "\(host) sent nothing of use for \(Self.seconds(clock.limits.silence)) s; try again or raise the timeout.",
        parameters: ["timeout"])
    case .deadline:
      let deadline = clock.limits.deadline ?? clock.limits.timeLeft ?? .zero
      return AWSClientError(
        .timeout,
        "The deadline of \(Self.seconds(deadline)) s passed before the reply from \(host) was complete; extend the deadline.",
        parameters: ["deadline"])
    }
  }

  /// Turns an error of async-http-client into one that says what to do.
  /// - Parameter isSent: whether all of the request has left; false if that isn't known.
  func explain(
    _ error: any Error, _ destination: Destination, timeout: Duration, isSent: Bool = false
  ) async -> any Error {
    if error is CancellationError || error is AWSClientError { return error }
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
        "No connection to \(host) within \(Self.seconds(routes.connectTimeout)) s; check the network, whether it needs a proxy (HTTPS_PROXY), the Region and the endpoint.",
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
