import AWSServer
import AWSWire
import Foundation

/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_TagResource.html, …_UntagResource.html and
/// …_ListTagsForResource.html
extension BedrockService {
  /// The most tags or keys of one request, in botocore's model.
  private static let listMax = 200

  func tag(_ body: JSONValue) throws(AWSFault) -> ServerResponse {
    let arn = try resource(body)
    guard body["tags"] != nil else { throw .missing("tags") }
    try resourceTags.add(tags(body["tags"]), to: arn)
    return .json(Data("{}".utf8))
  }

  func untag(_ body: JSONValue) throws(AWSFault) -> ServerResponse {
    let arn = try resource(body)
    guard let keys = body["tagKeys"]?.array, keys.count <= Self.listMax else { throw .missing("tagKeys") }
    resourceTags.remove(Set(keys.compactMap(\.string)), from: arn)
    return .json(Data("{}".utf8))
  }

  func listTags(_ body: JSONValue) throws(AWSFault) -> ServerResponse {
    let arn = try resource(body)
    return .json(JSONValue.object(["tags": resourceTags.list(arn)]).data)
  }

  /// Reads a list of tags; none if it is absent.
  func tags(_ list: JSONValue?) throws(AWSFault) -> [JSONValue.Member] {
    guard let list, !list.isNull else { return [] }
    guard let elements = list.array, elements.count <= Self.listMax else {
      throw invalid("tags", list.text, "Member must have length less than or equal to \(Self.listMax)")
    }
    var tags: [JSONValue.Member] = []
    for element in elements {
      guard let key = element["key"]?.string, let value = element["value"]?.string else { throw .missing("tags") }
      guard (1...128).contains(key.count), value.count <= 256 else {
        throw invalid("tags", key, "Member must have length less than or equal to 128, and its value to 256")
      }
      tags.append(.init(key, .string(value)))
    }
    return tags
  }

  /// The resource that a request names: a job, a profile, a Provisioned Throughput or a guardrail of this account.
  private func resource(_ body: JSONValue) throws(AWSFault) -> String {
    guard let arn = body["resourceARN"]?.string else { throw .missing("resourceARN") }
    let isKnown =
      profiles.find(arn)?.inferenceProfileArn == arn || provisioned.contains { $0.summary.provisionedModelArn == arn }
      || resourceTags.knows(arn)
    guard isKnown else {
      throw AWSFault(
        code: "ResourceNotFoundException",
        message: "The specified resource ARN was not found. Check the ARN and try your request again.", status: 404)
    }
    return arn
  }
}
