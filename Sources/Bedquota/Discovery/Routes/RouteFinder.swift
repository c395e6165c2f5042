import AWSWire
import BedrockQuotas

/// Finds the routes of one model in the lists of one Region.
struct RouteFinder {
  let model: ModelID
  let context: QuotaContext

  private var resolver: QuotaResolver { context.resolver }
  private var region: String { context.inventory.region }

  /// The model as ListFoundationModels has it; nil if it doesn't.
  var listed: FoundationModel? { context.catalog.models.first { $0.modelId == model.description } }

  func routes(_ provisioned: [ProvisionedThroughput]) -> [ModelRoute] {
    let profiles = context.catalog.profiles.filter { Self.leads($0, to: model) }
    return [ownID(), mantle()].compactMap(\.self) + profiles.compactMap(route)
      + provisioned.filter { $0.serves(model) }.map(route)
  }

  private static func leads(_ profile: InferenceProfile, to model: ModelID) -> Bool {
    let models = profile.models.compactMap { $0.modelArn.flatMap { ARN($0) }?.resourceID }
    // A profile of several models is no way to invoke one of them.
    return Set(models) == [model.description]
  }

  /// The model's own id on bedrock-runtime.
  private func ownID() -> ModelRoute? {
    let resolution = resolver.resolve(InvokedID(model))
    let isThere = listed != nil || (resolution.isListed == nil && !resolution.quotas.isEmpty)
    // The list doesn't tell the endpoint of its models.
    guard isThere, !resolver.facts.isOnMantleAlone(model) else { return nil }
    var needs: [RouteNeed] = []
    if resolution.needsProfile {
      let profiles = context.catalog.profiles.filter { $0.type != "APPLICATION" && Self.leads($0, to: model) }
      needs.append(.profile(profiles.map(\.inferenceProfileId).sorted()))
    }
    if listed?.inferenceTypesSupported == ["PROVISIONED"] { needs.append(.provisionedThroughput) }
    return ModelRoute(
      kind: .model, id: model.description, name: listed?.modelName, resolution: resolution, destinations: [region],
      isGlobal: false, status: listed?.modelLifecycle?.status, needs: needs + modelNeeds + Self.closed(resolution))
  }

  /// The model on bedrock-mantle, if a quota or a dated fact says that it is there.
  private func mantle() -> ModelRoute? {
    let resolution = resolver.resolve(InvokedID(model), on: .mantle)
    guard !resolution.quotas.isEmpty || (listed != nil && resolver.facts.mantle(of: model) != nil) else { return nil }
    return ModelRoute(
      kind: .mantle, id: model.mantleKey, name: listed?.modelName, resolution: resolution, destinations: [region],
      isGlobal: false, needs: Self.closed(resolution))
  }

  private func route(_ profile: InferenceProfile) -> ModelRoute? {
    let isApplication = profile.type == "APPLICATION"
    let text = isApplication ? profile.inferenceProfileArn : profile.inferenceProfileId
    guard let id = InvokedID(text, facts: resolver.facts) else { return nil }
    let resolution = resolver.resolve(id)
    let regions = profile.models.compactMap { $0.modelArn.flatMap { ARN($0) }?.region }
    let status = profile.status.flatMap { $0 == "ACTIVE" ? nil : RouteNeed.status($0) }
    return ModelRoute(
      kind: isApplication ? .applicationProfile : .systemProfile, id: text, name: profile.inferenceProfileName,
      resolution: resolution, destinations: Set(regions.filter { !$0.isEmpty }).sorted(),
      isGlobal: regions.contains(where: \.isEmpty), status: profile.status,
      needs: [status].compactMap(\.self) + modelNeeds + Self.closed(resolution))
  }

  private func route(_ throughput: ProvisionedThroughput) -> ModelRoute {
    var needs: [RouteNeed] = []
    if let arn = throughput.customModelARN { needs.append(.customModel(arn)) }
    // What is being updated serves all the same.
    if let status = throughput.status, !["InService", "Updating"].contains(status) { needs.append(.status(status)) }
    let resolution =
      InvokedID(throughput.arn, facts: resolver.facts).map(resolver.resolve)
      ?? Resolution(id: throughput.arn, scope: .provisioned, status: .unknown)
    return ModelRoute(
      kind: .provisioned, id: throughput.arn, name: throughput.name, resolution: resolution, destinations: [region],
      isGlobal: false, status: throughput.status, provisioned: throughput.withQuotas(in: context), needs: needs + modelNeeds)
  }

  /// What holds for the model however it is invoked on bedrock-runtime.
  private var modelNeeds: [RouteNeed] {
    guard let lifecycle = listed?.modelLifecycle, lifecycle.status == "LEGACY" else { return [] }
    return [.legacy(endOfLife: lifecycle.endOfLifeTime)]
  }

  /// Quotas that admit nothing.
  private static func closed(_ resolution: Resolution) -> [RouteNeed] {
    resolution.quotas.compactMap { bound in
      guard let value = bound.quota.value(for: resolution.scope), value < 1 else { return nil }
      return .quota(bound.quota, value: value)
    }
  }
}
