import Foundation

/// A foundation model as ListFoundationModels describes it.
package struct FoundationModel: Codable, Sendable, Equatable {
  package struct Lifecycle: Codable, Sendable, Equatable {
    package var status: String?
    package var startOfLifeTime: String?
    package var endOfLifeTime: String?
    package var legacyTime: String?
    package var publicExtendedAccessTime: String?

    package init(status: String?) { self.status = status }
  }

  package var modelArn: String
  package var modelId: String
  package var modelName: String?
  package var providerName: String?
  package var inputModalities: [String]?
  package var outputModalities: [String]?
  package var responseStreamingSupported: Bool?
  package var customizationsSupported: [String]?
  package var inferenceTypesSupported: [String]?
  package var modelLifecycle: Lifecycle?

  package init(modelArn: String, modelId: String) {
    self.modelArn = modelArn
    self.modelId = modelId
  }
}

/// An inference profile as ListInferenceProfiles and GetInferenceProfile describe it.
package struct InferenceProfile: Codable, Sendable, Equatable {
  package struct Model: Codable, Sendable, Equatable {
    package var modelArn: String?

    package init(modelArn: String?) { self.modelArn = modelArn }
  }

  package var inferenceProfileName: String
  package var description: String?
  /// ISO 8601, unparsed.
  package var createdAt: String?
  package var updatedAt: String?
  package var inferenceProfileArn: String
  package var models: [Model]
  package var inferenceProfileId: String
  package var status: String?
  /// `SYSTEM_DEFINED` or `APPLICATION`.
  package var type: String?

  package init(inferenceProfileName: String, inferenceProfileArn: String, models: [Model], inferenceProfileId: String) {
    self.inferenceProfileName = inferenceProfileName
    self.inferenceProfileArn = inferenceProfileArn
    self.models = models
    self.inferenceProfileId = inferenceProfileId
  }
}

package struct FoundationModelList: Codable, Sendable, Equatable {
  package var modelSummaries: [FoundationModel]
  package init(modelSummaries: [FoundationModel]) { self.modelSummaries = modelSummaries }
}

package struct InferenceProfilePage: Codable, Sendable, Equatable {
  package var inferenceProfileSummaries: [InferenceProfile]
  package var nextToken: String?
  package init(inferenceProfileSummaries: [InferenceProfile], nextToken: String? = nil) {
    self.inferenceProfileSummaries = inferenceProfileSummaries
    self.nextToken = nextToken
  }
}

/// A Provisioned Throughput as ListProvisionedModelThroughputs describes it.
package struct ProvisionedModelSummary: Codable, Sendable, Equatable {
  package var provisionedModelName: String
  package var provisionedModelArn: String
  /// The model it serves: a foundation model or a custom one.
  package var modelArn: String?
  /// Differs from ``modelArn`` during an update.
  package var desiredModelArn: String?
  /// The foundation model itself, or the one that the custom model is based on.
  package var foundationModelArn: String?
  package var modelUnits: Int?
  package var desiredModelUnits: Int?
  /// `Creating`, `InService`, `Updating` or `Failed`.
  package var status: String?
  /// `OneMonth` or `SixMonths`; nil without a commitment.
  package var commitmentDuration: String?
  /// ISO 8601, unparsed.
  package var commitmentExpirationTime: String?
  package var creationTime: String?
  package var lastModifiedTime: String?

  package init(provisionedModelName: String, provisionedModelArn: String) {
    self.provisionedModelName = provisionedModelName
    self.provisionedModelArn = provisionedModelArn
  }
}

package struct ProvisionedModelPage: Codable, Sendable, Equatable {
  package var provisionedModelSummaries: [ProvisionedModelSummary]
  package var nextToken: String?
  package init(provisionedModelSummaries: [ProvisionedModelSummary], nextToken: String? = nil) {
    self.provisionedModelSummaries = provisionedModelSummaries
    self.nextToken = nextToken
  }
}

/// What GetFoundationModelAvailability says about the account and a model, in AWS's words.
package struct ModelAvailability: Codable, Sendable, Equatable {
  package struct Agreement: Codable, Sendable, Equatable {
    /// `AVAILABLE`, `PENDING`, `NOT_AVAILABLE` or `ERROR`.
    package var status: String?
    package var errorMessage: String?

    package init(status: String?) { self.status = status }
  }

  package var modelId: String
  package var agreementAvailability: Agreement?
  /// `AUTHORIZED` or `NOT_AUTHORIZED`.
  package var authorizationStatus: String?
  /// `AVAILABLE` or `NOT_AVAILABLE`.
  package var entitlementAvailability: String?
  /// `AVAILABLE` or `NOT_AVAILABLE`.
  package var regionAvailability: String?

  package init(modelId: String) { self.modelId = modelId }
}

/// Bedrock's control plane, in restJson1.
package enum BedrockAPI {
  package static let wire = WireProtocol.restJSON

  package static func listFoundationModels() -> AWSOperation<FoundationModelList> {
    operation("ListFoundationModels", path: "/foundation-models")
  }

  package static func getFoundationModel(_ id: String) -> AWSOperation<FoundationModel> {
    let inner: AWSOperation<GetModelOutput> = operation(
      "GetFoundationModel", path: "/foundation-models/\(PercentEncoding.encode(id))")
    return inner.reading { try inner.decode($0).modelDetails }
  }

  package static func getFoundationModelAvailability(_ id: String) -> AWSOperation<ModelAvailability> {
    operation("GetFoundationModelAvailability", path: "/foundation-model-availability/\(PercentEncoding.encode(id))")
  }

  /// - Parameter type: `SYSTEM_DEFINED` or `APPLICATION`; with nil, AWS lists the system-defined profiles.
  package static func listInferenceProfiles(type: String? = nil, maxResults: Int? = 1_000, nextToken: String?) -> AWSOperation<
    InferenceProfilePage
  > {
    operation(
      "ListInferenceProfiles", path: "/inference-profiles",
      query: [("maxResults", maxResults.map(String.init)), ("nextToken", nextToken), ("type", type)])
  }

  package static func getInferenceProfile(_ idOrARN: String) -> AWSOperation<InferenceProfile> {
    operation("GetInferenceProfile", path: "/inference-profiles/\(PercentEncoding.encode(idOrARN))")
  }

  package static func listProvisionedModelThroughputs(
    maxResults: Int? = 1_000, nextToken: String?
  ) -> AWSOperation<ProvisionedModelPage> {
    operation(
      "ListProvisionedModelThroughputs", path: "/provisioned-model-throughputs",
      query: [("maxResults", maxResults.map(String.init)), ("nextToken", nextToken)])
  }

  private struct GetModelOutput: Decodable { var modelDetails: FoundationModel }

  private static func operation<Output: Decodable & Sendable>(
    _ name: String, path: String, query: [(name: String, value: String?)] = []
  ) -> AWSOperation<Output> {
    AWSOperation(
      service: .bedrock, name: name, wire: wire, request: wire.get(path: path, query: query),
      decode: { try JSONDecoder().decode(Output.self, from: $0) })
  }
}
