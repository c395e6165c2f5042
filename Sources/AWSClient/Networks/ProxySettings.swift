import AWSWire

/// The proxies of the environment, read as Python and so the AWS CLI read them.
///
/// A variable in lower case wins over one in upper case, even if it is empty. `ALL_PROXY` counts for neither.
/// Source: CPython 3.11, `urllib/request.py`, `getproxies_environment`; botocore 1.44.8, `utils.py`, `get_environ_proxies`.
struct ProxySettings: Sendable {
  /// By scheme. A variable that can't be read is a failure of the request that needs it, and of no other.
  private var proxies: [String: Result<Proxy, AWSClientError>] = [:]
  private var exceptions = NoProxy("")

  /// No proxies.
  init() {}

  init(environment: [String: String]) {
    for scheme in ["http", "https"] {
      // A web server puts a request's header "Proxy" into HTTP_PROXY of the scripts that it runs.
      let isTrusted = scheme == "https" || environment["REQUEST_METHOD"] == nil
      guard let (name, value) = Self.variable("\(scheme)_proxy", environment, readsUpperCase: isTrusted) else { continue }
      proxies[scheme] = Result { () throws(AWSClientError) in try Proxy(value, variable: name) }
    }
    exceptions = NoProxy(Self.variable("no_proxy", environment)?.value ?? "")
  }

  private static func variable(
    _ name: String, _ environment: [String: String], readsUpperCase: Bool = true
  ) -> (name: String, value: String)? {
    if let value = environment[name] { return value.isEmpty ? nil : (name, value) }
    let upper = name.uppercased()
    return readsUpperCase ? environment[upper].nonEmpty.map { (upper, $0) } : nil
  }

  /// The proxy for a host, loopback or not; nil if it is reached directly.
  /// - Parameters:
  ///   - host: without brackets.
  ///   - port: nil: the scheme's own.
  /// - Throws: ``AWSClientError`` (`configuration`) if the variable can't be read.
  func proxy(scheme: String, host: String, port: Int?) throws(AWSClientError) -> Proxy? {
    guard let proxy = proxies[scheme], !exceptions.contains(host, port: port, defaultPort: scheme == "https" ? 443 : 80) else {
      return nil
    }
    return try proxy.get()
  }
}
