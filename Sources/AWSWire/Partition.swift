/// A group of AWS Regions that has its own accounts and domain names.
///
/// Source: botocore 1.43.11, `data/partitions.json`, read 2026-11-23.
package struct Partition: Sendable, Equatable {
  package let id: String
  package let dnsSuffix: String
  /// The suffix of endpoints with IPv6 addresses.
  package let dualStackDNSSuffix: String
  /// Prefixes of its Regions' names. As in AWS's own rules, the commercial partition has every Region that no other one claims.
  let prefixes: [String]

  package static let all = [
    Partition(
      id: "aws-cn", dnsSuffix: "amazonaws.com.cn", dualStackDNSSuffix: "api.amazonwebservices.com.cn", prefixes: ["cn-"]),
    Partition(
      id: "aws-us-gov", dnsSuffix: "amazonaws.com", dualStackDNSSuffix: "api.aws", prefixes: ["us-gov-"]),
    Partition(
      id: "aws-iso", dnsSuffix: "c2s.ic.gov", dualStackDNSSuffix: "api.aws.ic.gov", prefixes: ["us-iso-"]),
    Partition(
      id: "aws-iso-b", dnsSuffix: "sc2s.sgov.gov", dualStackDNSSuffix: "api.aws.scloud", prefixes: ["us-isob-"]),
    Partition(
      id: "aws-iso-e", dnsSuffix: "cloud.adc-e.uk", dualStackDNSSuffix: "api.cloud-aws.adc-e.uk", prefixes: ["eu-isoe-"]),
    Partition(
      id: "aws-iso-f", dnsSuffix: "csp.hci.ic.gov", dualStackDNSSuffix: "api.aws.hci.ic.gov", prefixes: ["us-isof-"]),
    Partition(
      id: "aws-eusc", dnsSuffix: "amazonaws.eu", dualStackDNSSuffix: "api.amazonwebservices.eu", prefixes: ["eusc-"]),
    Partition(
      id: "aws", dnsSuffix: "amazonaws.com", dualStackDNSSuffix: "api.aws", prefixes: [""]),
  ]

  package static func of(region: String) -> Partition {
    all.first { partition in partition.prefixes.contains { region.hasPrefix($0) } } ?? all[all.count - 1]
  }
}
