package import AWSWire

extension AWSConfiguration {
  /// The URL of a service in the configured Region, or in another one.
  package func endpointURL(for service: AWSService, region: String? = nil) -> String {
    let endpoint = endpoints.endpoint(for: service, region: region ?? self.region)
    return "\(endpoint.scheme)://\(endpoint.authority)\(endpoint.basePath)"
  }
}
