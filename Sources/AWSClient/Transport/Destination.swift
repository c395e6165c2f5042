import AWSWire

/// Where a request goes, and by which way.
package struct Destination: Sendable {
  package var scheme: String
  /// Host and, unless it is the scheme's own, port.
  package var authority: String
  package var route: Route

  package init(scheme: String, authority: String, route: Route) {
    self.scheme = scheme
    self.authority = authority
    self.route = route
  }

  /// - Throws: ``AWSClientError`` (`configuration`) if the variable that names the proxy can't be read.
  package init(scheme: String, authority: String, in network: NetworkSettings) throws {
    self.init(
      scheme: scheme, authority: authority, route: try Route(scheme: scheme, authority: authority, through: network.proxies))
  }

  /// Without brackets and port.
  package var host: String { Route.split(authority).host }
  package var port: Int { Route.split(authority).port ?? (scheme == "https" ? 443 : 80) }
  /// The URL's part before the path, of the host that is asked for it.
  var base: String {
    if case .forward(let proxy) = route { return "http://\(proxy.address)" }
    return "\(scheme)://\(authority)"
  }
}
