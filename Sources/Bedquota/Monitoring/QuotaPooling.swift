package import BedrockQuotas

/// Sorts series into pools.
package struct QuotaPooling {
  private let resolver: QuotaResolver
  private let facts: Facts

  package init(resolver: QuotaResolver, facts: Facts = .builtIn) {
    self.resolver = resolver
    self.facts = facts
  }

  private func resolve(_ id: String) -> Resolution? { InvokedID(id, facts: facts).map { resolver.resolve($0, id: id) } }

  /// nil: the id is alone in its pool, for nothing tells which quotas it draws on.
  private static func key(_ resolution: Resolution?) -> String? {
    guard let resolution, let model = resolution.modelID else { return nil }
    return "\(model) \(resolution.scope.rawValue)"
  }

  /// The pools of these ids, one for each id, in their order.
  /// - Parameter known: every `ModelId` that may have data: those that CloudWatch lists, and others worth asking for.
  package func pools(of ids: [(text: String, id: InvokedID)], known: Set<String>) -> [QuotaPool] {
    let resolved = known.map { ($0, resolve($0)) }
    let byKey = Dictionary(grouping: resolved) { Self.key($0.1) ?? $0.0 }
    return ids.map { text, id in
      let resolution = resolver.resolve(id, id: text)
      let key = Self.key(resolution) ?? text
      // Under which name CloudWatch keeps an ARN's series is not documented: the ARN itself, and its last part.
      let own = text.hasPrefix("arn:") ? [text, text.split(separator: "/").last.map(String.init) ?? text] : [text]
      let series = Set((byKey[key] ?? []).map(\.0) + own)
      let siblings = resolved.filter { $0.1?.modelID != nil && $0.1?.modelID == resolution.modelID && !series.contains($0.0) }
      return QuotaPool(id: text, resolution: resolution, series: series.sorted(), siblings: siblings.map(\.0).sorted())
    }
  }

  /// Every pool that the known series make up, sorted by id.
  package func pools(known: Set<String>) -> [QuotaPool] {
    let resolved = known.map { ($0, resolve($0)) }
    return Dictionary(grouping: resolved) { Self.key($0.1) ?? $0.0 }.values.map { members in
      // The id of which the others are copies is the shortest of those that name the model.
      let named = members.filter { $0.1?.modelID != nil && InvokedID($0.0, facts: facts)?.model != nil }
      let first = (named.isEmpty ? members : named).min { ($0.0.utf8.count, $0.0) < ($1.0.utf8.count, $1.0) }!
      let resolution =
        first.1
        ?? Resolution(id: first.0, scope: .other, status: .unknown, note: "CloudWatch has a series of this name, which is no id.")
      return QuotaPool(id: first.0, resolution: resolution, series: members.map(\.0).sorted())
    }.sorted { $0.id < $1.id }
  }
}
