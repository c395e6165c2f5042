import AWSWire
import Foundation

/// The service tier, under the name that each API has for it.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and API_runtime_InvokeModel.html;
/// docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
extension ModelRequest {
  /// The tier that the request names: `default`, `priority`, `flex` or `reserved`; nil if it names none.
  public var serviceTier: String? {
    switch api {
    case .converse: body["serviceTier"]?["type"]?.string
    case .invokeModel: headers.serviceTier ?? body["service_tier"]?.string
    case .chatCompletions, .responses: body["service_tier"]?.string
    // Anthropic's `service_tier` has other values, and AWS names no other way for Messages.
    case .messages: nil
    }
  }

  /// Returns the request with a tier; nil if its API takes none.
  func naming(serviceTier tier: String) -> ModelRequest? {
    let (path, value): ([String], JSONValue)
    switch api {
    case .converse: (path, value) = (["serviceTier"], ["type": .string(tier)])
    case .chatCompletions, .responses: (path, value) = (["service_tier"], .string(tier))
    case .invokeModel:
      var copy = self
      copy.headers.serviceTier = tier
      return copy
    case .messages: return nil
    }
    guard let json = try? JSONPatch.setting(path, to: value, in: Array(json)), let body = try? JSONValue(json) else { return nil }
    var copy = ModelRequest(api, body: body, json: Data(json))
    copy.headers = headers
    return copy
  }
}
