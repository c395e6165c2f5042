package import AWSServer
import AWSWire
import Foundation

/// Who may see the pages for operators: whoever sends the admin secret, or, without one, a program of this machine.
package struct OperatorAccess: Sendable {
  /// Headers by which proxies say that a request is from elsewhere. Behind one on this machine, every request is from loopback.
  private static let forwarding: Set<String> = ["forwarded", "via", "x-forwarded-for", "x-real-ip", "x-forwarded-host"]

  private let secret: Secret?

  package init(secret: Secret?) { self.secret = secret }

  package var hasSecret: Bool { secret != nil }

  /// - Parameter peer: the address that the request came from, without the port.
  package func admits(_ head: ServerRequest, peer: String) -> Bool {
    let headers = CredentialHeaders(head.headers)
    guard let secret else {
      return LoopbackName.contains(peer) && (!headers.isFromBrowser || Self.isFromOwnPage(head, headers))
        && !head.headers.contains { Self.forwarding.contains($0.name) }
    }
    guard headers.doubled == nil, let token = headers.bearerToken.map(String.init) ?? Self.password(headers) else { return false }
    // Hashes are compared, so that the time doesn't tell the length either.
    return Callers.digest(ofToken: token) == Callers.digest(ofToken: secret.text)
  }

  /// Whether a web page may have made the request: it has `Origin`, or its `Host` is a name that a page can make point here.
  package static func isFromWebPage(_ head: ServerRequest) -> Bool {
    let headers = CredentialHeaders(head.headers)
    return headers.isFromBrowser && !isFromOwnPage(head, headers)
  }

  /// Whether a page of this very address made the request, or a browser that goes there itself, by a link say. What it gets then is shown
  /// to its user, and no other page can read it. No page can set these headers, and no name but this machine's is served by them.
  private static func isFromOwnPage(_ head: ServerRequest, _ headers: CredentialHeaders) -> Bool {
    guard headers.isForLoopback, head.header("origin") == nil else { return false }
    func only(_ name: String) -> String? {
      let values = head.headers.filter { $0.name == name }.map(\.value)
      return values.count == 1 ? values[0] : nil
    }
    return only("sec-fetch-site") == "same-origin"
      || head.method == "GET" && only("sec-fetch-site") != nil && only("sec-fetch-mode") == "navigate"
        && only("sec-fetch-dest") == "document"
  }

  /// Browsers can ask for a user name and a password, but not for a bearer token.
  private static func password(_ headers: CredentialHeaders) -> String? {
    guard let value = headers.authorization, value.prefix(6).lowercased() == "basic ",
      let data = Data(base64Encoded: String(value.dropFirst(6)))
    else { return nil }
    let pair = String(decoding: data, as: UTF8.self)
    return pair.firstIndex(of: ":").map { String(pair[pair.index(after: $0)...]) }
  }
}
