package import AWSWire

/// The endpoints of all services: URLs that the user configured, else AWS's own hosts.
package struct Endpoints: Sendable, Equatable {
  /// One URL for all services, from the options.
  private var explicit: Endpoint?
  /// From the environment or the profile, by ``AWSService/settingName``.
  private var perService: [String: Endpoint] = [:]
  /// One URL for all services, from the environment or the profile.
  private var global: Endpoint?
  /// Which of AWS's own hosts; a URL that the user configured wins, as in botocore.
  private var variant = EndpointVariant()

  init(explicit: String?, environment: [String: String], profile: Profile?) throws {
    self.explicit = try explicit.map { try Endpoint($0, from: "the endpoint URL", parameters: ["endpointURL"]) }
    variant = try EndpointVariant(environment: environment, profile: profile)
    let ignored = (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"].nonEmpty ?? profile?["ignore_configured_endpoint_urls"])?
      .lowercased()
    if ignored == "true" { return }
    // Variables have precedence over the profile, and the URL of one service over the one for all
    // (docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
    // URLs of services that aren't called here are not even checked.
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

  /// The endpoint that the user configured for a service; nil if it is AWS's own.
  func configured(for service: AWSService) -> Endpoint? {
    explicit?.sharing(with: service) ?? perService[service.settingName] ?? global?.sharing(with: service)
  }

  /// The endpoint of a service in a Region.
  package func endpoint(for service: AWSService, region: String) -> Endpoint {
    configured(for: service)
      ?? Endpoint(scheme: "https", authority: variant.host(of: service, region: region), basePath: "")
  }
}
