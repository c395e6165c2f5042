/// How quotas are matched with a model by their names.
extension QuotaResolver {
  func matcher(_ model: ModelID) -> ModelMatcher {
    let name = models[model.description]?.name ?? models[model.base.description]?.name
    return ModelMatcher(model, listedName: name, facts: facts)
  }

  func labels(for matcher: ModelMatcher) -> [ModelLabel] {
    labels[matcher.id.provider] ?? quotas.map { ModelLabel($0.name.subject!, providerWords: matcher.providerWords) }
  }

  /// Every wanted quota whose subject means the model.
  func matches(_ matcher: ModelMatcher, where isWanted: (Quota) -> Bool) -> [(quota: Quota, match: ModelMatcher.Match)] {
    let labels = labels(for: matcher)
    return zip(quotas, labels).compactMap { quota, label in
      guard isWanted(quota), let match = matcher.match(label) else { return nil }
      // Only a listing that has the id proves that no other model differs in its size alone.
      let isListed = models[matcher.id.base.description] != nil
      if match.withoutSize, !isListed || hasSibling(matcher, labels: labels) { return nil }
      if match.withoutActiveSize, !isListed { return nil }
      return (quota, match)
    }
  }

  /// Whether another model differs from this one in its size alone: a label without a size could then mean either.
  private func hasSibling(_ matcher: ModelMatcher, labels: [ModelLabel]) -> Bool {
    if labels.contains(where: { matcher.label.differsOnlyInSize(from: $0) }) { return true }
    let others = models.values.map(\.id.description) + facts.aliases.map(\.model)
    return others.contains { other in
      guard let id = ModelID(other), id.provider == matcher.id.provider, id.base != matcher.id.base else { return false }
      return matcher.label.differsOnlyInSize(from: ModelLabel(id.nameAndRevision.name, providerWords: matcher.providerWords))
    }
  }

  /// Adds the quota of a measure, or the measure to `ambiguous` if several quotas match.
  func add(
    _ measure: QuotaMeasure, from isWanted: (Quota) -> Bool, _ matcher: ModelMatcher, to result: inout Resolution,
    ambiguous: inout [QuotaMeasure]
  ) {
    var found = matches(matcher) { $0.name.measure == measure && $0.name.variant == nil && isWanted($0) }
    guard measure != .concurrent else {  // Synchronous and asynchronous ones may both bind.
      result.quotas += found.map { .init(quota: $0.quota, evidence: evidence($0.match, matcher)) }
      return
    }
    if found.count > 1, found.contains(where: \.match.namesRevision) { found.removeAll { !$0.match.namesRevision } }
    if found.count > 1, found.contains(where: { !$0.match.withoutSize }) { found.removeAll(where: \.match.withoutSize) }
    guard found.count == 1 else {
      if found.count > 1 { ambiguous.append(measure) }
      return
    }
    result.quotas.append(.init(quota: found[0].quota, evidence: evidence(found[0].match, matcher)))
  }

  func variants(of matcher: ModelMatcher, scope: QuotaScope) -> [Resolution.Variant] {
    matches(matcher) { quota in
      switch quota.name.scope {
      case .mantle: scope == .onDemand
      case .latencyOptimized: scope == .onDemand || scope == .crossRegion
      case .onDemand where quota.name.measure == .tpd: quota.name.variant != nil && scope != .global
      default: quota.name.variant != nil && quota.name.scope == scope
      }
    }
    .map { found in
      let variant = found.quota.name.variant ?? (found.quota.name.scope == .mantle ? .mantle : .latencyOptimized)
      return Resolution.Variant(variant: variant, quota: found.quota)
    }
  }

  func evidence(_ match: ModelMatcher.Match, _ matcher: ModelMatcher) -> String {
    let size = match.withoutSize ? "; the quota leaves out the size, and no other model differs in it" : ""
    switch match.evidence {
    case .id: return "id: every word and version of \(matcher.id.base) agrees\(size)"
    case .listedName(let name): return "name: every word and version of \"\(name)\" (ListFoundationModels) agrees\(size)"
    case .alias(let source, let asOf): return "alias: \(source) (\(asOf))"
    }
  }

  /// The codes of all quotas that apply to an id; for a bare model id, also of all quotas that name it.
  public func codes(about id: InvokedID) -> Set<String> {
    let resolution = resolve(id)
    let bound = resolution.quotas.map(\.quota.code) + resolution.variants.map(\.quota.code)
    guard case .model(let model) = id.kind else { return Set(bound) }
    return Set(bound + quotasNaming(model).map(\.code))
  }

  /// Every inference quota that names the model, whatever its scope.
  public func quotasNaming(_ model: ModelID) -> [Quota] {
    let whole = matches(matcher(model)) { _ in true }.map(\.quota)
    // Forms with a context length belong to the model but have quotas of model units of their own.
    let forms = models.values.filter { $0.id.base == model && $0.id != model }
    return whole + forms.flatMap { form in matches(matcher(form.id)) { $0.name.scope == .provisioned }.map(\.quota) }
  }
}
