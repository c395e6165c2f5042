import BedrockQuotas

/// Facts on which sources disagree as JSON, each `[low, high]`; see docs/json.md.
struct DisputedPayload: Encodable {
  var contextWindow: ClosedRange<Int>?
  var maxOutputTokens: ClosedRange<Int>?
  var outputBurndown: ClosedRange<Int>?

  /// nil if nothing is disputed.
  init?(_ disputed: DisputedFacts?) {
    guard let disputed, disputed != DisputedFacts() else { return nil }
    (contextWindow, maxOutputTokens) = (disputed.contextWindow, disputed.maxOutputTokens)
    outputBurndown = disputed.outputBurndown
  }
}
