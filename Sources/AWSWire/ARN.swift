/// An Amazon Resource Name, the full name of one resource: `arn:partition:service:region:account:resource`.
///
/// | ARN | region | account | resource type | resource id |
/// |---|---|---|---|---|
/// | `arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-8b` | `us-east-1` | | `foundation-model` | `meta.llama3-8b` |
/// | `arn:aws:servicequotas:us-east-1:123456789012:bedrock/L-1` | `us-east-1` | `123456789012` | `bedrock` | `L-1` |
/// | `arn:aws:iam::123456789012:role/team/reader` | | `123456789012` | `role` | `team/reader` |
/// | `arn:aws:cloudwatch:us-east-1:123456789012:alarm:high` | `us-east-1` | `123456789012` | `alarm` | `high` |
///
/// Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html.
package struct ARN: Sendable, Hashable {
  /// `aws`, `aws-cn`, `aws-us-gov`, …
  package var partition: String
  /// The service's namespace, such as `bedrock`.
  package var service: String
  /// Empty for resources that belong to no Region.
  package var region: String
  /// The account's 12 digits; empty for resources that belong to no account.
  package var account: String
  /// The rest, as the service spells it: an id, or a type and an id with a slash or a colon between.
  package var resource: String

  package init(partition: String = "aws", service: String, region: String, account: String, resource: String) {
    self.partition = partition
    self.service = service
    self.region = region
    self.account = account
    self.resource = resource
  }

  /// Parses an ARN; nil unless the text has all six parts and names a partition, a service and a resource.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[2].isEmpty, !parts[5].isEmpty else { return nil }
    self.init(partition: parts[1], service: parts[2], region: parts[3], account: parts[4], resource: parts[5])
  }

  /// The part of the resource before its first slash or colon; nil if it has neither.
  package var resourceType: String? { separator.map { String(resource[..<$0]) } }

  /// The part of the resource after its first slash or colon; the whole resource if it has neither.
  package var resourceID: String { separator.map { String(resource[resource.index(after: $0)...]) } ?? resource }

  private var separator: String.Index? { resource.firstIndex { $0 == "/" || $0 == ":" } }
}

extension ARN: CustomStringConvertible {
  package var description: String { "arn:\(partition):\(service):\(region):\(account):\(resource)" }
}
