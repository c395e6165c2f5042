import AWSWire

/// How hosts are reached: proxies, the certificates that are trusted, and how long a connection may take.
package struct NetworkSettings: Sendable {
  var proxies = ProxySettings()
  /// Certificates that are trusted instead of the system's; nil: the system's.
  var trusted: TrustedCertificates?
  /// The limit for a connection, with the proxy's and TLS's part of it.
  var connectTimeout = Duration.seconds(10)

  /// Straight to every host, as for addresses of this machine alone.
  package static let direct = NetworkSettings()

  private init() {}

  /// Reads the settings as botocore does, from options, then the environment, then the profile.
  /// - Throws: ``AWSClientError`` (`configuration`) if certificates to trust can't be found.
  init(caBundle: String?, connectTimeout: Duration?, environment: [String: String], profile: Profile?) throws {
    proxies = ProxySettings(environment: environment)
    trusted = try TrustedCertificates(explicit: caBundle, environment: environment, profile: profile)
    if let connectTimeout { self.connectTimeout = connectTimeout }
  }
}
