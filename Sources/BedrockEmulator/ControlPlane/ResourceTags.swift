import AWSServer
import AWSWire
import Synchronization

/// The tags of the resources of one Region, by ARN.
final class ResourceTags: Sendable {
  /// The most tags of a resource.
  ///
  /// Source: TooManyTagsException of docs.aws.amazon.com/bedrock/latest/APIReference/API_TagResource.html
  private static let tagsMax = 50

  private let tags = Mutex<[String: [JSONValue.Member]]>([:])

  /// The tags of a resource as `[{"key": …, "value": …}]`, in the order in which they were set.
  func list(_ arn: String) -> JSONValue {
    let found = tags.withLock { $0[arn] ?? [] }
    return .array(found.map { ["key": .string($0.name), "value": $0.value] })
  }

  /// Whether a client has made the resource: each one gets an entry then, even without tags.
  func knows(_ arn: String) -> Bool { tags.withLock { $0[arn] != nil } }

  /// Adds tags; those of the same key are replaced.
  func add(_ new: [JSONValue.Member], to arn: String) throws(AWSFault) {
    try tags.withLock { tags throws(AWSFault) in
      var merged = tags[arn] ?? []
      for tag in new {
        if let index = merged.firstIndex(where: { $0.name == tag.name }) { merged[index] = tag } else { merged.append(tag) }
      }
      try Self.check(merged.count)
      tags[arn] = merged
    }
  }

  /// Checks the number of a resource's tags.
  static func check(_ count: Int) throws(AWSFault) {
    guard count > tagsMax else { return }
    throw AWSFault(
      code: "TooManyTagsException",
      message: "The request contains more tags than can be associated with a resource (\(tagsMax) tags per resource).",
      status: 400)
  }

  func remove(_ keys: Set<String>, from arn: String) {
    tags.withLock { $0[arn]?.removeAll { keys.contains($0.name) } }
  }

  func removeAll(from arn: String) { tags.withLock { _ = $0.removeValue(forKey: arn) } }

  func reset() { tags.withLock { $0.removeAll() } }
}
