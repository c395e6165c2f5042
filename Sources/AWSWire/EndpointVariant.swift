/// Which of a service's endpoints are called.
package struct EndpointVariant: Sendable, Equatable {
  /// Endpoints whose cryptography is validated by FIPS 140.
  package var usesFIPS = false
  /// Endpoints with IPv4 and IPv6 addresses.
  package var usesDualStack = false

  package init(usesFIPS: Bool = false, usesDualStack: Bool = false) {
    self.usesFIPS = usesFIPS
    self.usesDualStack = usesDualStack
  }

  /// The host name of a service in a Region. Whether AWS has that host, nobody publishes for all services.
  ///
  /// Source: botocore 1.44.8, `endpoint-rule-set-1.json` of the services.
  package func host(of service: AWSService, region: String) -> String {
    let partition = Partition.of(region: region)
    let suffix = usesDualStack || service.isDualStackOnly ? partition.dualStackDNSSuffix : partition.dnsSuffix
    let isPlain =
      switch service.govCloudFIPS {
      case .suffixed: false
      case .plainUnlessDualStack: partition.id == "aws-us-gov" && !usesDualStack
      case .plain: partition.id == "aws-us-gov"
      }
    return "\(service.endpointPrefix)\(usesFIPS && !isPlain ? "-fips" : "").\(region).\(suffix)"
  }
}
