import AWSWire

/// Where a request goes, and by which way.
struct Destination: Sendable {
  var scheme: String
  /// Host and, unless it is the scheme's own, port.
  var authority: String
  var route: Route

  /// Without brackets and port.
  var host: String { Route.split(authority).host }
  var port: Int { Route.split(authority).port ?? (scheme == "https" ? 443 : 80) }
  /// The URL's part before the path, of the host that is asked for it.
  var base: String {
    if case .forward(let proxy) = route { return "http://\(proxy.address)" }
    return "\(scheme)://\(authority)"
  }
}
