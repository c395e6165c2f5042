/// A group of Regions with accounts and domain names of its own.
///
/// Source: botocore 1.43.11, `data/partitions.json`, read 2026-11-23.
package struct Partition: Sendable, Equatable {
  package let id: String
  package let dnsSuffix: String
  /// What a Region's name begins with; the commercial partition takes what no other one claims, as AWS's own rules do.
  let prefixes: [String]

  package static let all = [
    Partition(id: "aws-cn", dnsSuffix: "amazonaws.com.cn", prefixes: ["cn-"]),
    Partition(id: "aws-us-gov", dnsSuffix: "amazonaws.com", prefixes: ["us-gov-"]),
    Partition(id: "aws-iso", dnsSuffix: "c2s.ic.gov", prefixes: ["us-iso-"]),
    Partition(id: "aws-iso-b", dnsSuffix: "sc2s.sgov.gov", prefixes: ["us-isob-"]),
    Partition(id: "aws-iso-e", dnsSuffix: "cloud.adc-e.uk", prefixes: ["eu-isoe-"]),
    Partition(id: "aws-iso-f", dnsSuffix: "csp.hci.ic.gov", prefixes: ["us-isof-"]),
    Partition(id: "aws-eusc", dnsSuffix: "amazonaws.eu", prefixes: ["eusc-"]),
    Partition(id: "aws", dnsSuffix: "amazonaws.com", prefixes: [""]),
  ]

  package static func of(region: String) -> Partition {
    all.first { partition in partition.prefixes.contains { region.hasPrefix($0) } } ?? all[all.count - 1]
  }
}
