import Foundation

/// Where a service is called: a URL that the user set, else AWS's own host for the Region.
package struct Endpoints: Sendable, Equatable {
  /// One URL for every service, from the command line.
  var explicit: Endpoint?
  /// By ``AWSService/settingName``, from the environment or the profile.
  var perService: [String: Endpoint] = [:]
  var global: Endpoint?

  package init(explicit: String?, environment: [String: String], profile: Profile?) throws {
    self.explicit = try explicit.map { try Endpoint($0, from: "--endpoint-url") }
    let ignored = (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"].nonEmpty ?? profile?["ignore_configured_endpoint_urls"])?
      .lowercased()
    if ignored == "true" { return }
    // A variable goes before the profile, and one service's URL before the one for all
    // (docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
    // Only our own services: somebody's odd URL for another one is none of our business.
    let names = AWSService.all.map(\.settingName)
    for name in names {
      guard let value = profile?.services["\(name).endpoint_url"].nonEmpty else { continue }
      perService[name] = try Endpoint(value, from: "the services section, \(name)")
    }
    if let value = environment["AWS_ENDPOINT_URL"].nonEmpty {
      global = try Endpoint(value, from: "AWS_ENDPOINT_URL")
      perService = [:]
    } else if let value = profile?["endpoint_url"] {
      global = try Endpoint(value, from: "endpoint_url of profile \(profile?.name ?? "")")
    }
    for name in names {
      let variable = "AWS_ENDPOINT_URL_\(name.uppercased())"
      if let value = environment[variable].nonEmpty { perService[name] = try Endpoint(value, from: variable) }
    }
  }

  package func endpoint(for service: AWSService, region: String) -> Endpoint {
    explicit ?? perService[service.settingName] ?? global
      ?? Endpoint(
        scheme: "https",
        authority: "\(service.endpointPrefix).\(region).\(Partition.of(region: region).dnsSuffix)", basePath: "")
  }
}

/// Scheme, host and port, and a path that requests are put under.
package struct Endpoint: Sendable, Equatable {
  package var scheme: String
  package var authority: String
  /// Without a slash at its end.
  package var basePath: String

  init(scheme: String, authority: String, basePath: String) {
    self.scheme = scheme
    self.authority = authority
    self.basePath = basePath
  }

  /// - Throws: ``AWSClientError`` (`configuration`) that says where the URL came from, unless it is http(s) with a host.
  package init(_ text: String, from origin: String) throws {
    guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host, !host.isEmpty, host.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value < 127 && $0 != "%" }),
      url.port.map({ (1...65_535).contains($0) }) ?? true, url.query == nil, url.fragment == nil, url.user == nil
    else {
      throw AWSClientError(.configuration, "\(origin): \"\(text)\" is not an endpoint; write it like http://127.0.0.1:8080.")
    }
    self.scheme = scheme
    let named = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    // HTTP clients leave a scheme's own port out of the Host header, which the signature covers.
    let port = url.port == (scheme == "https" ? 443 : 80) ? nil : url.port
    authority = port.map { "\(named):\($0)" } ?? named
    var path = url.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    basePath = path
  }
}
