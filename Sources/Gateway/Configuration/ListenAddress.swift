import AWSWire

/// A host and a port to listen on: `127.0.0.1:4000`, `[::1]:4000`, `0.0.0.0:4000`.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  package var host: String
  package var port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// nil unless the text is a host and a port, with brackets around an IPv6 address. Port 0 picks a free one.
  package init?(_ text: String) {
    guard text.utf8.count <= 300, let colon = text.lastIndex(of: ":"),
      text[colon...].utf8.dropFirst().allSatisfy({ (48...57).contains($0) }),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5B && $0 != 0x5D && $0 != 0x2F }) else {
      return nil
    }
    self.init(host: String(host), port: Int(port))
  }

  /// Whether only this machine can connect.
  package var isLoopback: Bool { LoopbackName.contains(host) }
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
