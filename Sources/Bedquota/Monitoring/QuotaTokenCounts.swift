import BedrockQuotas

/// The quota tokens of each period by both counts: the formula (`RequestCost`), and AWS's metric EstimatedTPMQuotaUsage. Pure.
///
/// The formula needs a burndown, which AWS changes now and then; the metric leaves out requests that failed. So either may be too
/// low, and the higher one counts: a quota that looks free while it is full costs more than the reverse.
struct QuotaTokenCounts {
  /// By the formula, NaN if unknown; nil if the burndown is unknown.
  let formula: [Double]?
  /// By AWS's metric, NaN if it has no datapoint; nil if it has none at all.
  let metric: [Double]?
  /// The higher of both; nil if neither is known.
  let counted: [Double]?
  /// The formula's count, or the metric's where the burndown is unknown: what a report calls quota tokens.
  var told: [Double]? { formula ?? counted }
  /// nil if both agree, or one of them is not known.
  let disagreement: Disagreement?
  /// Whether CloudWatch counts only the requests.
  let lacksTokens: Bool
  /// Whether output tokens count and nobody knows how much.
  let lacksBurndown: Bool

  /// Sums over the periods that both counts cover.
  struct Disagreement {
    var formula: Double
    var metric: Double
    var burndown: Int
    /// The burndown that would explain the metric, 1 to 1,000; nil if none would.
    var impliedBurndown: Double?
  }

  /// Counts that differ by no more than this share of the higher one agree.
  private static let tolerance = 0.01

  init(_ series: UsageSeries, burndown: Int?) {
    let metric = series.values(.estimatedQuotaTokens)
    // Without output, the burndown doesn't matter.
    let known = series.total(.outputTokens) > 0 ? burndown : burndown ?? 1
    let formula = series.hasTokens ? known.map { Self.finalCosts(series, burndown: Double($0)) } : nil
    self.metric = metric
    self.formula = formula
    lacksTokens = !series.hasTokens
    lacksBurndown = formula == nil && !lacksTokens
    counted =
      switch (formula, metric) {
      case (let formula?, let metric?): zip(formula, metric).map { $1.isNaN ? $0 : $0.isNaN ? $1 : max($0, $1) }
      case (nil, .some): series.counts(.estimatedQuotaTokens)
      default: formula
      }
    disagreement = known.flatMap { Self.disagreement(series, formula, metric, burndown: $0) }
  }

  private static func finalCosts(_ series: UsageSeries, burndown: Double) -> [Double] {
    let (input, written, output) = (series.counts(.inputTokens), series.counts(.cacheWriteTokens), series.counts(.outputTokens))
    return input.indices.map {
      RequestCost.final(input: input[$0], cacheWrite: written[$0], output: output[$0], burndown: burndown)
    }
  }

  private static func disagreement(
    _ series: UsageSeries, _ formula: [Double]?, _ metric: [Double]?, burndown: Int
  ) -> Disagreement? {
    guard let formula, let metric else { return nil }
    // Only periods with both: the metric is younger than the others.
    let output = series.counts(.outputTokens)
    var found = Disagreement(formula: 0, metric: 0, burndown: burndown)
    var replies = 0.0
    for index in formula.indices where !formula[index].isNaN && !metric[index].isNaN {
      found.formula += formula[index]
      found.metric += metric[index]
      replies += output[index]
    }
    guard abs(found.formula - found.metric) > tolerance * max(found.formula, found.metric) else { return nil }
    guard replies > 0 else { return found }
    let implied = Double(burndown) + (found.metric - found.formula) / replies
    // What is left of failed requests makes the lowest burndown look a little below 1.
    if (1 - tolerance...1_000).contains(implied) { found.impliedBurndown = implied }
    return found
  }

  /// What a reader should know about the counts, in sentences.
  var notes: [String] {
    if let disagreement { return [disagreement.note] }
    if lacksTokens { return ["CloudWatch counts the requests of this id but not their tokens, so these are unknown."] }
    guard lacksBurndown else { return [] }
    let source = metric == nil ? "so quota tokens can't be told" : "so quota tokens are AWS's EstimatedTPMQuotaUsage"
    return ["How many quota tokens an output token costs is not known for this model, \(source)."]
  }
}

extension QuotaTokenCounts.Disagreement {
  /// Whether AWS counts more than the formula.
  var isMetricHigher: Bool { metric > formula }

  var note: String {
    let what =
      "AWS's EstimatedTPMQuotaUsage says \(NumberText.whole(metric)) where input + cache write + \(burndown) × output gives \(NumberText.whole(formula))\(NumberText.ratio(metric, formula)); the higher one counts."
    guard let impliedBurndown else {
      let reason =
        isMetricHigher
        ? "No burndown explains the difference: the token counts are incomplete, or AWS counts something else as well."
        : "AWS's metric leaves out requests that failed, or its data are incomplete."
      return "\(what) \(reason)"
    }
    // Failed requests make the metric lower without any change of the burndown.
    let other = isMetricHigher ? "" : ", unless many requests failed, which AWS's metric leaves out"
    return
      "\(what) A burndown of \(NumberText.significant(impliedBurndown)) gives AWS's figure: the burndown of this model has probably changed\(other)."
  }
}
