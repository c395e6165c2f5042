import AWSWire

/// A guardrail of the account: its working draft, or a version of it.
struct Guardrail: Sendable {
  static let draft = "DRAFT"

  let id: String
  let arn: String
  var name: String
  var description: String?
  /// `DRAFT`, or a number from 1 on.
  var version: String
  /// As GetGuardrail shows them: `topicPolicy`, `contentPolicy`, ….
  var policies: [JSONValue.Member]
  var blockedInputMessaging: String
  var blockedOutputsMessaging: String
  /// In ISO 8601.
  var createdAt: String
  var updatedAt: String

  func policy(_ kind: GuardrailPolicy) -> JSONValue? { policies.last { $0.name == kind.rawValue }?.value }

  /// Whether a policy runs on the tier STANDARD, which has quotas of its own.
  func isStandard(_ kind: GuardrailPolicy) -> Bool { policy(kind)?["tier"]?["tierName"] == "STANDARD" }

  var summary: JSONValue {
    .object(
      [.init("id", .string(id)), .init("arn", .string(arn))] + common.filter { $0.name != "version" }
        + [.init("version", .string(version))])
  }

  var details: JSONValue {
    .object(
      [.init("guardrailId", .string(id)), .init("guardrailArn", .string(arn))] + common + policies
        + [
          .init("blockedInputMessaging", .string(blockedInputMessaging)),
          .init("blockedOutputsMessaging", .string(blockedOutputsMessaging)),
        ])
  }

  private var common: [JSONValue.Member] {
    [.init("name", .string(name)), .init("version", .string(version)), .init("status", "READY")]
      + (description.map { [.init("description", .string($0))] } ?? [])
      + [.init("createdAt", .string(createdAt)), .init("updatedAt", .string(updatedAt))]
  }
}
