import BedrockQuotas

extension Resolution {
  /// What is known of the model, a part for each fact: a figure, a range where sources disagree, or that it isn't known.
  /// - Parameter burndown: in place of the model's own; nil: the model's own.
  func facts(burndown: Int? = nil) -> [String] {
    let range = burndown == nil ? disputed.outputBurndown : nil
    let figures = [
      Self.fact("context window", contextWindow, disputed.contextWindow),
      Self.fact("maximum output", maxOutputTokens, disputed.maxOutputTokens),
    ]
    guard scope != .mantle else { return figures + ["no burndown"] }
    return figures + [
      (burndown ?? outputBurndown).map { "output tokens count \($0)× (burndown)" }
        ?? range.map { "output tokens count \($0.lowerBound)× to \($0.upperBound)× (burndown; sources disagree)" }
        ?? "burndown unknown"
    ]
  }

  private static func fact(_ name: String, _ figure: Int?, _ range: ClosedRange<Int>?) -> String {
    if let figure { return "\(name) \(Figures.grouped(figure))" }
    guard let range else { return "\(name) unknown" }
    return "\(name) \(NumberText.range(range)) (sources disagree)"
  }
}
