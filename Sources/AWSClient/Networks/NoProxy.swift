import AWSWire

/// The hosts that `NO_PROXY` excepts from proxies.
///
/// A name stands for itself and all names below it; a dot or `*.` before it changes nothing. An entry may have a port. Addresses may be
/// networks (`10.0.0.0/8`, `fd00::/8`). `*` alone excepts everything. Names and ports are matched as by CPython's
/// `proxy_bypass_environment`, which knows neither networks nor `*.`.
struct NoProxy: Sendable {
  private struct Entry: Sendable {
    var name: String
    var port: Int?
    var network: IPNetwork?
  }

  private var isEverything: Bool
  private var entries: [Entry] = []

  init(_ text: String) {
    isEverything = text == "*"
    for part in text.split(separator: ",") {
      var name = part.filter { !$0.isWhitespace }.lowercased()
      if name.hasPrefix("*.") { name.removeFirst() }
      name = String(name.drop { $0 == "." })
      if name.isEmpty { continue }
      if let network = IPNetwork(name) {
        entries.append(Entry(name: name, network: network))
        continue
      }
      let (host, port) = Self.split(name)
      entries.append(Entry(name: host, port: port, network: IPNetwork(host)))
    }
  }

  /// Splits `name:port` and `[address]:port`.
  private static func split(_ text: String) -> (host: String, port: Int?) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
      return (unbracketed(text), nil)
    }
    return (unbracketed(String(text[..<colon])), port)
  }

  private static func unbracketed(_ host: String) -> String {
    host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
  }

  /// Whether a host is reached without a proxy.
  /// - Parameters:
  ///   - host: a name, or an address without brackets.
  ///   - port: the port that its URL names; nil: `defaultPort`.
  func contains(_ host: String, port: Int?, defaultPort: Int) -> Bool {
    if isEverything { return true }
    var name = host.lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    let address = IPNetwork(name)
    return entries.contains { entry in
      if let wanted = entry.port, wanted != port ?? defaultPort { return false }
      if let address, let network = entry.network { return network.contains(address) }
      return name == entry.name || name.hasSuffix(".\(entry.name)")
    }
  }
}
