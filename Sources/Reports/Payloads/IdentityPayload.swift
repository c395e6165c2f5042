import AWSClient
import AWSWire
import Bedquota
import Foundation

/// `whoami` as JSON; see docs/json.md.
struct IdentityPayload: Encodable {
  struct Step: Encodable {
    var source: String
    var place: String
    var finding: String
    var depth: Int
  }

  var account: String
  var arn: String
  var userId: String
  var accessKeyId: String
  var source: String
  var place: String?
  var expiration: String?
  var profile: String
  var region: String?
  var regionSource: String?
  var endpoints: [String: String]
  var bedrockApiKey: Bool
  var steps: [Step]

  /// - Parameter giver: who gave what no file and no variable says.
  init(_ identity: SessionIdentity, giver: String) {
    (account, arn, userId) = (identity.caller.account, identity.caller.arn, identity.caller.userID)
    accessKeyId = identity.maskedKey
    (source, place) = (identity.source?.source.rawValue ?? giver, identity.source?.place)
    expiration = identity.expiration.map { AWSDate.iso8601(Int($0.timeIntervalSince1970)) }
    profile = identity.profile
    region = identity.region.isEmpty ? nil : identity.region
    regionSource = identity.regionOrigin.words(giver: giver)
    endpoints = Dictionary(uniqueKeysWithValues: identity.endpoints.map { ($0.service.settingName, $0.url) })
    bedrockApiKey = identity.hasBedrockAPIKey
    steps = identity.steps.map {
      Step(source: $0.source.rawValue, place: $0.place, finding: $0.finding.rawValue, depth: $0.depth)
    }
  }
}

extension SessionIdentity {
  /// The id of the access key as `aws configure list` shows it.
  var maskedKey: String { String(repeating: "*", count: 16) + accessKeyID.suffix(4) }
}
