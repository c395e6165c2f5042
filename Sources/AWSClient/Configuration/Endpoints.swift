package import AWSWire

/// Where a service is called: a URL that the user set, else AWS's own host for the Region.
package struct Endpoints: Sendable, Equatable {
  /// One URL for every service, from the command line.
  var explicit: Endpoint?
  /// By ``AWSService/settingName``, from the environment or the profile.
  var perService: [String: Endpoint] = [:]
  var global: Endpoint?

  package init(explicit: String?, environment: [String: String], profile: Profile?) throws {
    self.explicit = try explicit.map { try Endpoint($0, from: "the endpoint URL", parameters: ["endpointURL"]) }
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
