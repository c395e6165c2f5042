package import AWSServer
import AWSWire

/// Who may see the pages for operators: whoever sends the admin secret, or, without one, a program of this machine.
package struct OperatorAccess: Sendable {
  /// Headers by which proxies say that a request is from elsewhere. Behind one on this machine, every request is from loopback.
  private static let forwarding: Set<String> = ["forwarded", "via", "x-forwarded-for", "x-real-ip", "x-forwarded-host"]

  private let secret: Secret?

  package init(secret: Secret?) { self.secret = secret }

  /// - Parameter peer: the address that the request came from, without the port.
  package func admits(_ head: ServerRequest, peer: String) -> Bool {
    let headers = CredentialHeaders(head.headers)
    guard let secret else {
      return LoopbackName.contains(peer) && !headers.isFromBrowser
        && !head.headers.contains { Self.forwarding.contains($0.name) }
    }
    guard headers.doubled == nil, let token = headers.bearerToken else { return false }
    // Hashes are compared, so that the time doesn't tell the length either.
    return Callers.digest(ofToken: String(token)) == Callers.digest(ofToken: secret.text)
  }
}
