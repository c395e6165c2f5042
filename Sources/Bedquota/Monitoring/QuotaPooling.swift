package import BedrockQuotas

/// Sorts series into pools.
package struct QuotaPooling {
  let resolver: QuotaResolver
  let facts: Facts

  package init(resolver: QuotaResolver, facts: Facts = .builtIn) {
    self.resolver = resolver
    self.facts = facts
  }

  /// A series of CloudWatch, and the quotas of its id; no resolution if its name is no id.
  private struct Member {
    var series: String
    var resolution: Resolution?

    /// Members with the same key share a pool. Without a model, the series is alone in its pool.
    var key: String { resolution.flatMap(QuotaPooling.key) ?? series }
  }

  private func member(_ series: String) -> Member {
    Member(series: series, resolution: InvokedID(series, facts: facts).map(resolver.resolve))
  }

  /// What ids of one pool have in common; nil if the model is unknown, so that the id is alone in its pool.
  package static func key(_ resolution: Resolution) -> String? {
    resolution.modelID.map { "\($0) \(resolution.scope.rawValue)" }
  }

  /// The pools of these ids, one for each id, in their order.
  /// - Parameter known: every `ModelId` that may have data: those that CloudWatch lists, and others worth asking for.
  package func pools(of ids: [InvokedID], known: Set<String>) -> [QuotaPool] {
    let members = known.map(member)
    let byKey = Dictionary(grouping: members, by: \.key)
    return ids.map { id in
      let resolution = resolver.resolve(id)
      let key = Self.key(resolution) ?? id.text
      // The name under which CloudWatch keeps an ARN's series is not documented: the ARN itself, or its last part.
      let own = id.isARN ? [id.text, id.text.split(separator: "/").last.map(String.init) ?? id.text] : [id.text]
      let series = Set((byKey[key] ?? []).map(\.series) + own)
      let siblings = members.filter { member in
        guard let model = member.resolution?.modelID else { return false }
        return model == resolution.modelID && !series.contains(member.series)
      }
      return QuotaPool(
        id: id.text, resolution: resolution, series: series.sorted(), siblings: siblings.map(\.series).sorted())
    }
  }

  /// Every pool of the known series, sorted by id.
  package func pools(known: Set<String>) -> [QuotaPool] {
    Dictionary(grouping: known.map(member), by: \.key).values.map { members in
      // Application profiles are copies; the original is the shortest of the ids that name the model.
      let named = members.filter { $0.resolution?.modelID != nil && InvokedID($0.series, facts: facts)?.model != nil }
      let first = (named.isEmpty ? members : named).min {
        ($0.series.utf8.count, $0.series) < ($1.series.utf8.count, $1.series)
      }!
      let resolution =
        first.resolution
        ?? Resolution(
          id: first.series, scope: .other, status: .unknown, note: "CloudWatch has a series of this name, which is no id.")
      return QuotaPool(id: first.series, resolution: resolution, series: members.map(\.series).sorted())
    }.sorted { $0.id < $1.id }
  }
}
