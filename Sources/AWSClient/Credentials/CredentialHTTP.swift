import AWSWire
import Foundation

/// How providers of credentials send their requests. Tests give a closure that answers without a network.
///
/// Requests are rare, one for each refresh, so each has a connection of its own and nothing stays open between them.
struct CredentialHTTP: Sendable {
  /// Sends a request once, and returns the whole reply, whatever its status. The timeout is for everything, the connection too.
  /// - Throws: ``AWSClientError`` (`transport` or `timeout`) if no whole reply arrived; `CancellationError`.
  var send: @Sendable (_ request: AWSHTTPRequest, _ timeout: Duration) async throws -> AWSHTTPResponse

  /// Over the network as every other request, through a proxy if one is configured: for STS and IAM Identity Center.
  static func network(_ settings: NetworkSettings) -> CredentialHTTP {
    CredentialHTTP { request, timeout in
      try await AsyncHTTPTransport.with(connectionsMax: 1, network: settings) { try await $0.send(request, timeout: timeout) }
    }
  }

  /// Never through a proxy: for addresses of this host alone, such as the instance metadata service and a container's endpoint.
  static let direct = network(.direct)
}
