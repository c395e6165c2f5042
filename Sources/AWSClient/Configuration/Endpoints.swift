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
    let ignored = (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] ?? profile?["ignore_configured_endpoint_urls"])?
      .lowercased()
    if ignored == "true" { return }
    // A variable goes before the profile, and one service's URL before the one for all
    // (docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
    for (name, value) in profile?.services ?? [:] where name.hasSuffix(".endpoint_url") && !value.isEmpty {
      perService[String(name.dropLast(".endpoint_url".count))] = try Endpoint(value, from: "the services section, \(name)")
    }
    if let value = environment["AWS_ENDPOINT_URL"].nonEmpty {
      global = try Endpoint(value, from: "AWS_ENDPOINT_URL")
      perService = [:]
    } else if let value = profile?["endpoint_url"] {
      global = try Endpoint(value, from: "endpoint_url of profile \(profile?.name ?? "")")
    }
    let prefix = "AWS_ENDPOINT_URL_"
    for (name, value) in environment where name.hasPrefix(prefix) && !value.isEmpty {
      perService[name.dropFirst(prefix.count).lowercased()] = try Endpoint(value, from: name)
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
      let host = url.host, !host.isEmpty, url.query == nil, url.user == nil
    else {
      throw AWSClientError(.configuration, "\(origin): \"\(text)\" is not an endpoint; write it like http://127.0.0.1:8080.")
    }
    self.scheme = scheme
    let named = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    authority = url.port.map { "\(named):\($0)" } ?? named
    var path = url.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    basePath = path
  }
}
