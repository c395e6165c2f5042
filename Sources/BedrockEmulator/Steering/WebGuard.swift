package import AWSServer

/// Keeps web pages, and machines that weren't meant to, from using the emulator. It decides from the head of a request.
///
/// A page of any site can make its visitor's browser send requests to 127.0.0.1, and a page whose name resolves to 127.0.0.1
/// ("DNS rebinding") can read the replies too. Browsers send `Origin` or `Sec-Fetch-Site`, and no AWS client outside a browser
/// does; a page that rebinds sends its own name as `Host`.
package struct WebGuard: Sendable {
  /// Why a request is refused.
  package struct Refusal: Error, Equatable {
    package var status: Int
    package var message: String
  }

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
      return Refusal(status: 403, message: "The emulator answers no web pages.")
    }
    return head.path.hasPrefix("/_emulator") ? controlRefusal(of: head) : nil
  }

  private func controlRefusal(of head: ServerRequest) -> Refusal? {
    if let token {
      guard let given = head.header(Self.tokenHeader), Self.equal(given, token) else {
        return Refusal(
          status: 401, message: "The control API needs the header X-Emulator-Token, with the token that was printed at the start."
        )
      }
    } else {
      let named = head.headers.filter { $0.name == "host" }.map { Self.name($0.value) }
      guard let host = named.first, named.count == 1, Self.isLoopback(host) || hosts.contains(host) else {
        return Refusal(
          status: 403, message: "The control API answers on localhost, and on names that the emulator was started with.")
      }
    }
    guard head.method != "GET", head.method != "HEAD" else { return nil }
    // A page can send a form or plain text to any site without asking; JSON it can't.
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

  /// Whether a name or an address can only mean this machine.
  package static func isLoopback(_ name: String) -> Bool {
    if name == "localhost" || name == "::1" || name == "0:0:0:0:0:0:0:1" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil && $0.utf8.allSatisfy { $0 >= 48 } }
  }

  private static func equal(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
