package import BedrockQuotas

extension InvokedID {
  /// Whether it is the bare id of a model.
  var namesModel: Bool {
    guard case .model(let model) = kind else { return false }
    return model.contextSuffix == nil
  }
}

/// The pools of bedrock-mantle: one for each model.
extension QuotaPooling {
  /// The pool of an id; nil if bedrock-mantle doesn't take such ids.
  /// - Parameter known: every `Model` that may have data.
  package func mantlePool(of id: InvokedID, known: Set<String>) -> QuotaPool? {
    guard id.namesModel, let model = id.model else { return nil }
    let same = known.filter { ModelID($0)?.mantleKey == model.mantleKey }
    // A series that isn't listed is asked for as the endpoint lists the model.
    let series = same.isEmpty ? [model.mantleKey] : same.sorted()
    return QuotaPool(id: id.text, resolution: resolver.resolve(id, on: .mantle), series: series, endpoint: .mantle)
  }

  /// Every pool of the known series, sorted by id.
  package func mantlePools(known: Set<String>) -> [QuotaPool] {
    Dictionary(grouping: known) { ModelID($0)?.mantleKey ?? $0 }.values.map { series in
      let id = series.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }!
      let resolution =
        InvokedID(id, facts: facts).map { resolver.resolve($0, on: .mantle) }
        ?? Resolution(
          id: id, scope: .mantle, status: .unknown, note: "CloudWatch has a series of this name, which is no id of a model.")
      return QuotaPool(id: id, resolution: resolution, series: series.sorted(), endpoint: .mantle)
    }.sorted { $0.id < $1.id }
  }
}
