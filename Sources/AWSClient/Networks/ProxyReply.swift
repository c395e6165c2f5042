/// How a proxy answered CONNECT.
struct ProxyReply: Sendable, Equatable {
  var status: Int
  /// The schemes of `Proxy-Authenticate`, such as `Basic` and `Negotiate`.
  var schemes: [String] = []
  /// Whether something follows at once, as it doesn't after a connection: in TLS, the client speaks first.
  var hasBody = false

  /// Something that is no HTTP reply.
  static let unreadable = ProxyReply(status: 0)

  var isSuccess: Bool { (200..<300).contains(status) }

  init(status: Int, schemes: [String] = []) {
    self.status = status
    self.schemes = schemes
  }

  /// Reads the head of a reply; nil while it isn't complete.
  init?(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    // "\r\n" is one Character in Swift.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let words = lines[0].split(separator: " ")
    if lines.count > 1 || bytes.count > 16 {
      guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
        self = .unreadable
        return
      }
      // What follows the last line break is a part of a line.
      guard let end = lines.dropFirst().dropLast().firstIndex(where: \.isEmpty) else { return nil }
      self.status = status
      hasBody = lines[(end + 1)...].contains { !$0.isEmpty }
      schemes = lines[1..<end].compactMap { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "proxy-authenticate" else { return nil }
        return parts[1].split(separator: " ").first.map { String($0.prefix(20)) }
      }
    } else {
      return nil
    }
  }

  /// What it says of the request for a connection, in words that follow the proxy's name.
  func words(to target: String) -> String {
    switch status {
    case 0: "answered with something that isn't HTTP; check its address and port"
    case 407: "asks for a user and password (HTTP 407)"
    case 400, 403, 405, 501: "doesn't allow connections to \(target) (HTTP \(status)); ask those who run it to allow them"
    case 502, 503, 504: "can't reach \(target) (HTTP \(status)); check the Region, the endpoint and the network behind it"
    default: "answered with HTTP \(status) in place of a connection to \(target); check that it is an HTTP proxy"
    }
  }
}
