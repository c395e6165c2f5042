extension Facts {
  /// How bedrock-mantle serves a model; nil if it isn't known to.
  package func mantle(of model: ModelID) -> MantleModel? {
    let name = model.base.description.dropFirst(model.provider.utf8.count + 1)
    return mantle.first { row in row.provider == model.provider && row.beginnings.contains { name.hasPrefix($0) } }
  }

  /// The models that bedrock-mantle alone is known to serve, as far as rows name them.
  package var mantleAloneModels: [ModelID] { modelRows.compactMap { ModelID($0.modelId) }.filter(isOnMantleAlone) }

  /// Whether bedrock-mantle alone is known to serve a model.
  package func isOnMantleAlone(_ model: ModelID) -> Bool { burndown(of: model)?.applies == false }
}
