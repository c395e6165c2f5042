import AWSWire
import Foundation

/// A proxy, as an environment variable names it. Its password appears in no description.
package struct Proxy: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// CONNECT for https, absolute-form requests for http.
    case http
    /// SOCKS 5, which resolves names on its side.
    case socks
  }

  package var kind: Kind
  /// Without the brackets of an IPv6 address.
  package var host: String
  package var port: Int
  /// The variable that names it, such as `HTTPS_PROXY`.
  var variable: String
  /// The base64 of `user:password`; nil: it asks for none.
  package var authorization: String?

  /// Reads `http://user:password@host:port`. Scheme, port and user may be left out, as botocore lets them: http, the scheme's own
  /// port, none.
  /// - Throws: ``AWSClientError`` (`configuration`), which doesn't repeat the text.
  init(_ text: String, variable: String) throws(AWSClientError) {
    self.variable = variable
    var rest = text.trimmingCharacters(in: .whitespaces)[...]
    var scheme = "http"
    if let end = rest.range(of: "://") {
      scheme = rest[..<end.lowerBound].lowercased()
      rest = rest[end.upperBound...]
    } else if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
    }
    switch scheme {
    case "http": kind = .http
    case "socks5", "socks5h": kind = .socks
    case "https":
      throw Self.problem(
        variable, "names a proxy that is itself reached by https, which isn't supported; most proxies take http:// there")
    default: throw Self.problem(variable, "names a proxy of an unknown kind; it takes http:// or socks5://")
    }
    let authority = rest.prefix { !"/?#".contains($0) }
    let at = authority.lastIndex(of: "@")
    guard let (host, port) = Self.address(at.map { authority[authority.index(after: $0)...] } ?? authority) else {
      throw Self.problem(
        variable,
        "is not the address of a proxy; write it like http://proxy.example.com:3128, with a user and password "
          + "percent-encoded before the host")
    }
    self.host = host
    self.port = port ?? (kind == .socks ? 1080 : 80)
    guard let at, at > authority.startIndex else { return }
    guard kind == .http else { throw Self.problem(variable, "has a user and password, which aren't supported for SOCKS") }
    let user = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let decoded = user.map { $0.removingPercentEncoding ?? String($0) } + (user.count == 1 ? [""] : [])
    authorization = Data(decoded.joined(separator: ":").utf8).base64EncodedString()
  }

  private static func problem(_ variable: String, _ problem: String) -> AWSClientError {
    AWSClientError(.configuration, "\(variable) \(problem).")
  }

  /// A host with an optional port.
  private static func address(_ text: Substring) -> (host: String, port: Int?)? {
    var host = text
    var port: Int?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      if rest.count > 1 { port = Int(rest.dropFirst()) ?? -1 }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      // An IPv6 address without brackets could end anywhere.
      guard !host.contains(":") else { return nil }
      let digits = text[text.index(after: colon)...]
      if !digits.isEmpty { port = Int(digits) ?? -1 }
    }
    let isName = host.unicodeScalars.allSatisfy {
      $0.value > 32 && $0.value < 127 && !"@[]%\\\"<>^`{|}".unicodeScalars.contains($0)
    }
    guard !host.isEmpty, isName, port.map({ (1...65_535).contains($0) }) ?? true else { return nil }
    return (String(host), port)
  }

  /// `proxy.example.com:3128`
  var address: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
  /// `the proxy proxy.example.com:3128 (HTTPS_PROXY)`
  var words: String { "the proxy \(address) (\(variable))" }
}

extension Proxy: CustomStringConvertible, CustomReflectable {
  package var description: String { words }
  package var customMirror: Mirror { Mirror(self, children: ["address": address, "variable": variable]) }
}
