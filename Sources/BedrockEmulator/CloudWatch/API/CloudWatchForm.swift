import AWSServer
import AWSWire

/// A request of CloudWatch's query protocol as the JSON that awsJson1_0 would have: `Dimensions.member.1.Name=ModelId` is
/// `{"Dimensions": [{"Name": "ModelId"}]}`.
///
/// A form has no types, so the names of the members tell which of them are numbers and flags.
///
/// Source: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/making-api-requests.html and smithy.io's aws.protocols#awsQuery
struct CloudWatchForm {
  /// The most parts of a name.
  private static let partsMax = 20
  private static let numbers: Set<String> = [
    "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "Values", "Counts", "SampleCount", "Sum", "Minimum",
    "Maximum", "MaxDatapoints", "MaxRecords", "StorageResolution",
  ]
  private static let flags: Set<String> = ["ReturnData", "ActionsEnabled", "IncludeLinkedAccounts"]

  /// A member of the form: a text, or members of its own.
  private final class Node {
    var text: String?
    var members: [String: Node] = [:]
  }

  /// - Parameter pairs: the form without `Action` and `Version`.
  static func value(of pairs: [String: String]) throws(AWSFault) -> JSONValue {
    let root = Node()
    for (name, text) in pairs {
      var node = root
      let parts = name.split(separator: ".", maxSplits: partsMax, omittingEmptySubsequences: false)
      guard parts.count <= partsMax else { throw CloudWatchFault.validation("\(name.prefix(100)) has too many parts.") }
      for part in parts {
        let member = node.members[String(part)] ?? Node()
        node.members[String(part)] = member
        node = member
      }
      node.text = text
    }
    return root.members.isEmpty ? .object([]) : value(of: root, name: "", parent: "")
  }

  private static func value(of node: Node, name: String, parent: String) -> JSONValue {
    if let list = node.members["member"] {
      let elements = list.members.compactMap { key, node in Int(key).map { ($0, node) } }.sorted { $0.0 < $1.0 }
      return .array(elements.map { value(of: $0.1, name: name, parent: parent) })
    }
    guard node.members.isEmpty else {
      return .object(
        node.members.sorted { $0.key < $1.key }.map { .init($0.key, value(of: $0.value, name: $0.key, parent: name)) })
    }
    let text = node.text ?? ""
    if numbers.contains(name) || (name == "Value" && parent == "MetricData"), let number = Double(text), number.isFinite {
      return JSONValue(statistic: number)
    }
    if flags.contains(name), text == "true" || text == "false" { return .bool(text == "true") }
    return .string(text)
  }
}
