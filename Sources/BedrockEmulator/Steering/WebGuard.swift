package import AWSServer
import AWSWire

/// Keeps web pages out of the emulator, and other machines out of its control API. It decides from the head of a request.
///
/// A page of any site can make a browser send requests to 127.0.0.1. If the page's own name resolves to 127.0.0.1 ("DNS
/// rebinding"), it can also read the replies. Browsers send `Origin` or `Sec-Fetch-Site`; AWS clients outside browsers don't. A
/// page that rebinds sends its own name as `Host`.
package struct WebGuard: Sendable {
  /// The header with the token of the control API.
  static let tokenHeader = "x-emulator-token"

  /// The token that the control API demands; nil if only this machine can reach it.
  let token: String?
  /// Names in `Host` that may use the control API, besides those of the loopback interface; in lower case.
  let hosts: Set<String>

  /// - Parameters:
  ///   - token: what the control API demands of requests from other machines.
  ///   - hosts: more names that may stand in `Host`.
  package init(token: String?, hosts: [String]) {
    self.token = token
    self.hosts = Set(hosts.map(Self.name))
  }

  package func refusal(of head: ServerRequest) -> Refusal? {
    let site = head.header("sec-fetch-site")
    if head.header("origin") != nil || (site != nil && site != "none") {
      return Refusal(status: 403, message: "The emulator doesn't answer web pages.")
    }
    return head.pathBegins(with: "/_emulator") ? controlRefusal(of: head) : nil
  }

  private func controlRefusal(of head: ServerRequest) -> Refusal? {
    if let token {
      guard let given = head.header(Self.tokenHeader), ConstantTime.equal(given, token) else {
        return Refusal(
          status: 401, message: "The control API needs the header X-Emulator-Token with this emulator's token.")
      }
    } else {
      let named = head.headers.filter { $0.name == "host" }.map { Self.name($0.value) }
      guard let host = named.first, named.count == 1, LoopbackName.contains(host) || hosts.contains(host) else {
        return Refusal(
          status: 403, message: "The control API answers on localhost, and on names that the emulator was started with.")
      }
    }
    guard head.method != "GET", head.method != "HEAD" else { return nil }
    // A page can send a form or plain text to any site, but JSON only to a site that permits it.
    let type = head.header("content-type").map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
    let hasBody = head.header("transfer-encoding") != nil || (head.header("content-length") ?? "0") != "0"
    guard type.map({ $0 == "application/json" }) ?? !hasBody else {
      return Refusal(status: 415, message: "The control API takes JSON: send Content-Type: application/json.")
    }
    return nil
  }

  /// The name in a `Host` header, without its port, in lower case.
  static func name(_ host: String) -> String {
    let text = host.lowercased()
    if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
    // More than one colon: an IPv6 address without brackets.
    guard text.split(separator: ":", omittingEmptySubsequences: false).count == 2 else { return text }
    return String(text.prefix { $0 != ":" })
  }
}
