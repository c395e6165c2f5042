import AWSWire

/// How requests reach a host.
package enum Route: Sendable, Hashable {
  case direct
  /// Through a connection that the proxy makes for us: CONNECT, or SOCKS.
  case tunnel(Proxy)
  /// Plain http, which a proxy forwards. It sees the whole request.
  case forward(Proxy)

  package var proxy: Proxy? {
    switch self {
    case .direct: nil
    case .tunnel(let proxy), .forward(let proxy): proxy
    }
  }

  /// The route to the authority of a URL.
  /// - Throws: ``AWSClientError`` (`configuration`) if the variable that names the proxy can't be read.
  init(scheme: String, authority: String, through proxies: ProxySettings) throws(AWSClientError) {
    let (host, port) = Self.split(authority)
    guard let proxy = try proxies.proxy(scheme: scheme, host: host, port: port) else {
      self = .direct
      return
    }
    self = scheme == "http" && proxy.kind == .http ? .forward(proxy) : .tunnel(proxy)
  }

  /// Splits `host`, `host:port` and `[address]:port`.
  static func split(_ authority: String) -> (host: String, port: Int?) {
    if authority.hasPrefix("[") {
      let host = authority.prefix { $0 != "]" }
      return (String(host.dropFirst()), Int(authority.dropFirst(host.count + 2)))
    }
    let host = authority.prefix { $0 != ":" }
    return (String(host), Int(authority.dropFirst(host.count + 1)))
  }
}
