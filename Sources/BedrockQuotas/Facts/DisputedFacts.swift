/// The facts of a model on which sources disagree, each from the lowest to the highest figure that a source gives.
public struct DisputedFacts: Sendable, Equatable {
  /// The context window, in tokens; nil if sources agree or none is known.
  public var contextWindow: ClosedRange<Int>?
  /// The most output tokens that the model can produce; nil if sources agree or none is known.
  public var maxOutputTokens: ClosedRange<Int>?
  /// Quota tokens per output token; nil if sources agree or none is known.
  public var outputBurndown: ClosedRange<Int>?

  public init() {}
}
