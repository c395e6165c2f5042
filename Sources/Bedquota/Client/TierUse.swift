import AWSWire
import AdmissionControl
import HTTPTypes

/// Where a request of the tier `reserved` counts: on the reserved capacity, or on the quotas.
struct TierUse: Sendable {
  /// Whether the reserved capacity admitted it, and not the quotas.
  var isApart = false
  /// The tier that served it, as the reply says; nil: it doesn't say.
  var served: String?
  /// Whether the service throttled it, so that the capacity is full and the quota too.
  var wasThrottled = false

  var isServedReserved: Bool { served == ReservedTier.name }
  var isOverflow: Bool { served.map { $0 != ReservedTier.name } ?? false }

  /// An attempt begins.
  mutating func begin(isApart: Bool) {
    self.isApart = isApart
    served = nil
  }

  /// Reads the tier from the headers of a reply, if they have it.
  mutating func read(_ headers: HTTPFields) {
    if let tier = headers[Self.header] { served = tier }
  }

  /// Reads the tier from a reply or an event of one, if it has it.
  mutating func read(_ json: JSONValue?) {
    guard let json else { return }
    let compatible = json["service_tier"] ?? json["response"]?["service_tier"]
    if let tier = json["serviceTier"]?["type"]?.string ?? compatible?.string { served = tier }
  }

  /// The header of InvokeModel's requests and replies.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
  private static let header = HTTPField.Name("X-Amzn-Bedrock-Service-Tier")!
}
