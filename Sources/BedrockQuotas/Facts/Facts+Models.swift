extension Facts {
  func providerWords(_ prefix: String) -> Set<String> {
    providers[prefix]?.words.union([prefix]) ?? [prefix]
  }

  /// The model family of a quota's subject, for grouping; `General` without a subject.
  ///
  /// A subject of no known family is grouped by its first word, so that a new family needs no new release.
  public func family(of subject: String?) -> String {
    guard let subject else { return "General" }
    let label = ModelLabel(subject, providerWords: [])
    if let family = families.first(where: { !$0.words.isDisjoint(with: label.words) }) { return family.name }
    let first = subject.split(whereSeparator: { $0.isWhitespace || $0 == "-" }).first.map(String.init) ?? "General"
    return first.prefix(1).uppercased() + first.dropFirst()
  }

  /// The context window in tokens, input and output together; nil if unknown or disputed.
  public func contextWindow(of model: ModelID) -> Int? { fact(of: model)?.contextWindow?.exact }

  /// The most output tokens that the model can produce; nil if unknown or disputed.
  public func maxOutputTokens(of model: ModelID) -> Int? { fact(of: model)?.maxOutputTokens?.exact }

  /// The facts of a model on which sources disagree.
  public func disputed(of model: ModelID) -> DisputedFacts {
    let fact = fact(of: model)
    var disputed = DisputedFacts()
    disputed.contextWindow = fact?.contextWindow?.disputed
    disputed.maxOutputTokens = fact?.maxOutputTokens?.disputed
    disputed.outputBurndown = burndown(of: model)?.rate?.disputed
    return disputed
  }

  /// The largest context window that a source gives, in tokens; nil if unknown.
  package func contextWindowMax(of model: ModelID) -> Int? { fact(of: model)?.contextWindow?.range.upperBound }

  /// The largest maximum output that a source gives, in tokens; nil if unknown.
  package func maxOutputTokensMax(of model: ModelID) -> Int? { fact(of: model)?.maxOutputTokens?.range.upperBound }

  func fact(of model: ModelID) -> Model? {
    // An id with a context length has another context window, and no source states it for all such ids.
    model.contextSuffix == nil ? models[ModelRevision(model)] : nil
  }

  /// The burndown on bedrock-runtime, in quota tokens per output token; nil if no source settles it, or sources disagree.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html, as each row dates it.
  public func outputBurndown(of model: ModelID) -> Int? { burndown(of: model)?.rate?.exact }

  func burndown(of model: ModelID) -> Burndown? {
    let label = ModelLabel(model.nameAndRevision.name, providerWords: providerWords(model.provider))
    return burndowns.first { row in
      if let provider = row.provider, provider != model.provider { return false }
      if let words = row.words, !words.isSubset(of: label.words) { return false }
      if let words = row.onlyWords, words != label.words { return false }
      if let versions = row.versions, versions.isDisjoint(with: label.versions) { return false }
      if let limit = row.versionMax {
        // A name without a version, such as Claude Instant's or a preview's, doesn't show the model's age.
        guard !label.versions.isEmpty, label.versions.allSatisfy({ Self.compare($0, limit) <= 0 }) else { return false }
      }
      return true
    }
  }

  /// Whether CountTokens is known to count for this model, under its own id. It refuses inference profiles of the same model.
  public func countsTokens(of model: ModelID) -> Bool { tokenCount(of: model) != nil }

  func tokenCount(of model: ModelID) -> TokenCount? {
    let label = ModelLabel(model.nameAndRevision.name, providerWords: providerWords(model.provider))
    return tokenCounts.first { $0.provider == model.provider && !$0.versions.isDisjoint(with: label.versions) }
  }

  static func compare(_ a: String, _ b: String) -> Int {
    let (a, b) = (a.split(separator: ".").compactMap { Int($0) }, b.split(separator: ".").compactMap { Int($0) })
    for index in 0..<max(a.count, b.count) {
      let (x, y) = (index < a.count ? a[index] : 0, index < b.count ? b[index] : 0)
      if x != y { return x < y ? -1 : 1 }
    }
    return 0
  }
}
