extension QuotaResolver {
  /// The quotas of an id on one endpoint.
  ///
  /// bedrock-mantle takes bare ids of models alone. It has a quota of input and one of output tokens for some models, and no list of
  /// models that resolving could ask.
  public func resolve(_ id: InvokedID, on endpoint: QuotaEndpoint) -> Resolution {
    guard endpoint == .mantle else { return resolve(id) }
    guard case .model(let model) = id.kind, model.contextSuffix == nil else {
      return unknown(
        id.text, .mantle, "bedrock-mantle takes ids of models, such as openai.gpt-5.4, and neither inference profiles nor ARNs.")
    }
    var result = Resolution(id: id.text, modelID: model, scope: .mantle, status: .unknown)
    result.contextWindow = facts.contextWindow(of: model)
    result.maxOutputTokens = facts.maxOutputTokens(of: model)
    // Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html, which is about bedrock-runtime.
    result.outputBurndown = 1
    result.disputed = facts.disputed(of: model)
    result.disputed.outputBurndown = nil
    let matcher = matcher(model)
    var ambiguous: [QuotaMeasure] = []
    for measure in [QuotaMeasure.inputTPM, .outputTPM] {
      add(measure, from: { $0.name.scope == .mantle }, matcher, to: &result, ambiguous: &ambiguous)
    }
    result.status = result.quotas.count == 2 ? .resolved : result.quotas.isEmpty ? .unknown : .partial
    if !ambiguous.isEmpty {
      result.note =
        "Several quotas could mean this model for \(ambiguous.map(\.rawValue).joined(separator: ", ")); none of them is given."
    } else if result.quotas.isEmpty {
      result.note = "No quota of bedrock-mantle names this model; AWS limits such models by its own capacity."
    }
    return result
  }
}
