import AWSClient
import AWSWire
public import BedrockQuotas

/// Whether an account may invoke a model, in AWS's words.
public struct ModelAccess: Sendable, Equatable {
  /// Of the agreement with the model's provider: `AVAILABLE`, `PENDING`, `NOT_AVAILABLE` or `ERROR`; nil if AWS doesn't say.
  public var agreement: String?
  /// `AUTHORIZED` or `NOT_AUTHORIZED`; nil if AWS doesn't say.
  public var authorization: String?
  /// Whether the account has access to the model: `AVAILABLE` or `NOT_AVAILABLE`; nil if AWS doesn't say.
  public var entitlement: String?
  /// Whether the model is in the Region: `AVAILABLE` or `NOT_AVAILABLE`; nil if AWS doesn't say.
  public var region: String?

  public init(agreement: String? = nil, authorization: String? = nil, entitlement: String? = nil, region: String? = nil) {
    self.agreement = agreement
    self.authorization = authorization
    self.entitlement = entitlement
    self.region = region
  }
}

extension QuotaDiscovery {
  /// Whether the account may invoke a model; nil if the Region doesn't have it.
  ///
  /// Needs the IAM action `bedrock:GetFoundationModelAvailability`.
  /// - Throws: `AWSClientError`.
  public func access(to model: ModelID) async throws -> ModelAccess? {
    do {
      let answer = try await client.call(BedrockAPI.getFoundationModelAvailability(model.description))
      return ModelAccess(
        agreement: answer.agreementAvailability?.status, authorization: answer.authorizationStatus,
        entitlement: answer.entitlementAvailability, region: answer.regionAvailability)
    } catch let error as AWSClientError where error.service?.code == "ResourceNotFoundException" {
      return nil
    }
  }
}
