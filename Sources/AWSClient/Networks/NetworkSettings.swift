import AWSWire
package import NIOSSL

/// How hosts are reached: proxies, the certificates that are trusted, and how long a connection may take.
package struct NetworkSettings: Sendable {
  var proxies = ProxySettings()
  /// Certificates that are trusted instead of the system's; nil: the system's.
  var trusted: TrustedCertificates?
  /// The limit for a connection, with the proxy's and TLS's part of it.
  package internal(set) var connectTimeout = Duration.seconds(10)

  /// Straight to every host, as for addresses of this machine alone.
  package static let direct = NetworkSettings()

  private init() {}

  /// The settings of an environment alone.
  /// - Throws: ``AWSClientError`` (`configuration`) if certificates to trust can't be found.
  package init(environment: [String: String]) throws {
    try self.init(caBundle: nil, connectTimeout: nil, environment: environment, profile: nil)
  }

  /// Reads the settings as botocore does, from options, then the environment, then the profile.
  /// - Throws: ``AWSClientError`` (`configuration`) if certificates to trust can't be found.
  init(caBundle: String?, connectTimeout: Duration?, environment: [String: String], profile: Profile?) throws {
    proxies = ProxySettings(environment: environment)
    trusted = try TrustedCertificates(explicit: caBundle, environment: environment, profile: profile)
    if let connectTimeout { self.connectTimeout = connectTimeout }
  }

  /// TLS as every client here has it: 1.2 or newer, which is what AWS's endpoints take.
  /// - Throws: ``AWSClientError`` (`configuration`) if the certificates to trust are damaged.
  package func tls() throws -> TLSConfiguration { try Routes.tls(trusting: trusted) }

  /// The address of the proxy for a host, without its password; nil if the host is reached directly.
  /// - Parameters:
  ///   - scheme: `http` or `https`.
  ///   - authority: `host` or `host:port`.
  /// - Throws: ``AWSClientError`` (`configuration`) if the variable that names the proxy can't be read.
  package func proxyAddress(scheme: String, authority: String) throws -> String? {
    try Route(scheme: scheme, authority: authority, through: proxies).proxy?.address
  }
}
