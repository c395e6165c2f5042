import AWSServer
import AWSWire
import Foundation

/// Source: botocore's service model `bedrock`, GetFoundationModelAvailability.
extension BedrockService {
  /// A model that the account may not invoke lacks the entitlement; every other one has all that AWS asks for.
  func availability(_ id: String) throws(AWSFault) -> ServerResponse {
    let model = try known(model: id).model.modelId
    return .json(
      JSONValue.object([
        .init("modelId", .string(model)), .init("agreementAvailability", .object([.init("status", "AVAILABLE")])),
        .init("authorizationStatus", "AUTHORIZED"),
        .init("entitlementAvailability", denies(model) ? "NOT_AVAILABLE" : "AVAILABLE"),
        .init("regionAvailability", "AVAILABLE"),
      ]).data)
  }
}
