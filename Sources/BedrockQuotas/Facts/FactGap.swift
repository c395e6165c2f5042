/// A fact that a model should have and that no source settles.
package struct FactGap: Sendable, Equatable {
  package var model: ModelID
  /// `contextWindow`, `maxOutputTokens` or `outputBurndown`.
  package var kind: DatedFact.Kind
  /// From the lowest to the highest figure where sources disagree; nil if none gives any.
  package var disputed: ClosedRange<Int>?

  /// What follows for those who call the model, as a sentence.
  package var consequence: String {
    switch (kind, disputed) {
    case (.maxOutputTokens, nil): "max_tokens must be set: what a request reserves without it isn't known."
    case (.maxOutputTokens, let range?):
      "Set max_tokens: a request without it reserves \(NumberText.range(range)) tokens, and the larger figure is assumed."
    case (.contextWindow, nil): "capacity can't say which prompts are too long; Bedrock refuses those that are."
    case (.contextWindow, let range?):
      "capacity calls prompts too long only above \(NumberText.grouped(range.upperBound)) tokens."
    case (.outputBurndown, nil):
      "What an output token costs isn't known: the client counts it once, and capacity needs the burndown from you."
    case (.outputBurndown, let range?):
      "An output token costs \(NumberText.range(range)) quota tokens: the client counts it once, and capacity needs the burndown from you."
    default: ""
    }
  }
}

extension Facts {
  /// What no source settles of a model that generates text.
  package func gaps(of model: ModelID) -> [FactGap] {
    let disputed = disputed(of: model)
    let figures: [(DatedFact.Kind, Int?, ClosedRange<Int>?)] = [
      (.contextWindow, contextWindow(of: model), disputed.contextWindow),
      (.maxOutputTokens, maxOutputTokens(of: model), disputed.maxOutputTokens),
      (.outputBurndown, outputBurndown(of: model), disputed.outputBurndown),
    ]
    return figures.compactMap { kind, figure, range in
      if kind == .outputBurndown, burndown(of: model)?.applies == false { return nil }
      return figure == nil ? FactGap(model: model, kind: kind, disputed: range) : nil
    }
  }
}
