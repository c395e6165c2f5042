/// The parts of an ARN that a `modelId` may be: `arn:partition:service:region:account:type/id`.
struct InvokedARN {
  let service: Substring
  /// nil if it is empty, as for foundation models of some partitions.
  let region: String?
  /// 12 digits; nil if it is empty, as for foundation models.
  let account: String?
  /// The part of the resource before its first slash.
  let resourceType: Substring
  /// The part of the resource after its first slash.
  let resourceID: String

  /// nil unless every part is well-formed.
  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws") else { return nil }
    let (region, account) = (parts[3], parts[4])
    guard account.isEmpty || (account.count == 12 && account.allSatisfy(\.isNumber)) else { return nil }
    guard region.utf8.allSatisfy({ (97...122).contains($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }) else { return nil }
    let resource = parts[5].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard resource.count == 2, !resource[1].isEmpty, resource[1].utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
    service = parts[2]
    self.region = region.isEmpty ? nil : String(region)
    self.account = account.isEmpty ? nil : String(account)
    resourceType = resource[0]
    resourceID = String(resource[1])
  }

  /// nil for a resource that can't be invoked.
  func kind(facts: Facts) -> InvokedID.Kind? {
    switch (service, resourceType) {
    case ("bedrock", "foundation-model"): ModelID(resourceID).map(InvokedID.Kind.model)
    case ("bedrock", "inference-profile"):
      // Some tools give application profiles this type too; their ids are not those of system-defined profiles.
      InferenceProfileID(resourceID, facts: facts).map(InvokedID.Kind.systemProfile) ?? .applicationProfile
    case ("bedrock", "application-inference-profile"): .applicationProfile
    case ("bedrock", "provisioned-model"): .provisionedModel
    case ("bedrock", "custom-model-deployment"): .customModelDeployment
    case ("bedrock", "custom-model"): .customModel
    case ("bedrock", "imported-model"): .importedModel
    case ("bedrock", "default-prompt-router"), ("bedrock", "prompt-router"): .promptRouter
    case ("bedrock", "prompt"): .prompt
    case ("sagemaker", "endpoint"): .marketplaceEndpoint
    default: nil
    }
  }
}
