extension Facts {
  /// Every dated fact, in the order of the file.
  package var dated: [DatedFact] {
    modelRows.flatMap(Self.facts)
      + burndowns.map(Self.fact) + reservations.map(Self.fact) + aliases.map(Self.fact) + tokenCounts.map(Self.fact)
      + media.map(Self.fact) + throttles.map(Self.fact) + metrics.map(Self.fact)
      + mantle.map(Self.fact)
  }

  /// The facts that hold for a model. Those that every model should have are there without a value if they aren't known.
  package func dated(of model: ModelID) -> [DatedFact] {
    let id = model.description
    let row = fact(of: model)
    var facts = [
      DatedFact(kind: .contextWindow, subject: id, value: (row?.contextWindow).map { .figure($0.range) }),
      DatedFact(kind: .maxOutputTokens, subject: id, value: (row?.maxOutputTokens).map { .figure($0.range) }),
    ]
    for index in facts.indices where facts[index].value != nil {
      (facts[index].asOf, facts[index].source) = (row?.asOf, row?.source)
    }
    let burndown = burndown(of: model)
    facts.append(burndown.map(Self.fact) ?? DatedFact(kind: .outputBurndown, subject: id))
    // At a burndown of 1, both readings are the same.
    if burndown?.rate?.exact != 1, burndown?.applies != false { facts += reservations.map(Self.fact) }
    facts += aliases.filter { ModelID($0.model).map(ModelRevision.init) == ModelRevision(model) }.map(Self.fact)
    if let counted = tokenCount(of: model) { facts.append(Self.fact(counted)) }
    facts.append(Self.fact(mediaCost(of: model)))
    if let served = mantle(of: model) { facts.append(Self.fact(served)) }
    for index in facts.indices { facts[index].subject = id }
    return facts
  }

  // MARK: Rows

  private static func facts(_ row: Model) -> [DatedFact] {
    [(DatedFact.Kind.contextWindow, row.contextWindow), (.maxOutputTokens, row.maxOutputTokens)].compactMap { kind, figure in
      figure.map {
        DatedFact(kind: kind, subject: row.modelId, value: .figure($0.range), asOf: row.asOf, source: row.source)
      }
    }
  }

  private static func fact(_ row: Burndown) -> DatedFact {
    var parts = [row.provider ?? "every other model"]
    if let words = row.words ?? row.onlyWords {
      parts.append("\(words.sorted().joined(separator: " "))\(row.onlyWords == nil ? " …" : "")")
    }
    if let versions = row.versions { parts.append(versions.sorted().joined(separator: ", ")) }
    if let limit = row.versionMax { parts.append("up to \(limit)") }
    if parts == [row.provider] { parts.append("others") }
    let rate = row.rate.map { DatedFact.Value.figure($0.range) }
    return DatedFact(
      kind: .outputBurndown, subject: parts.joined(separator: " "), value: row.applies == false ? .text("does not apply") : rate,
      asOf: row.asOf, source: row.source)
  }

  private static func fact(_ row: Reservation) -> DatedFact {
    DatedFact(
      kind: .reservationFactor, subject: "max_tokens of every model", value: .text(row.factor), asOf: row.asOf, source: row.source
    )
  }

  private static func fact(_ row: Alias) -> DatedFact {
    DatedFact(kind: .quotaName, subject: row.model, value: .text(row.subject), asOf: row.asOf, source: row.source)
  }

  private static func fact(_ row: TokenCount) -> DatedFact {
    DatedFact(
      kind: .countTokens, subject: "\(row.provider) \(row.versions.sorted().joined(separator: ", "))", value: .text("counts"),
      asOf: row.asOf, source: row.source)
  }

  private static func fact(_ row: MediaCost) -> DatedFact {
    let subject = [row.provider, row.words?.sorted().joined(separator: " "), row.versionMin.map { "from \($0)" }].compactMap(
      \.self)
    return DatedFact(
      kind: .mediaTokens, subject: subject.isEmpty ? "every other model" : subject.joined(separator: " "),
      value: .text("\(NumberText.grouped(row.pictureMax)) a picture, \(NumberText.grouped(row.pageTokens)) a page at most"),
      asOf: row.asOf, source: row.source)
  }

  private static func fact(_ row: Throttle) -> DatedFact {
    DatedFact(
      kind: .throttleText, subject: "\"\(row.text)\"", value: .text(row.measure.rawValue), asOf: row.asOf, source: row.source)
  }

  private static func fact(_ row: Metric) -> DatedFact {
    DatedFact(
      kind: .metric, subject: "\(row.namespace) \(row.counts)", value: .text(row.names.joined(separator: ", ")), asOf: row.asOf,
      source: row.source)
  }

  private static func fact(_ row: MantleModel) -> DatedFact {
    let names = row.beginnings.filter { !$0.isEmpty }.map { "\($0) …" }.joined(separator: ", ")
    return DatedFact(
      kind: .mantlePath, subject: names.isEmpty ? row.provider : "\(row.provider) \(names)",
      value: .text("\(row.base): \(row.apis.joined(separator: ", "))"), asOf: row.asOf, source: row.source)
  }
}
