package import AWSWire
import BedrockQuotas

/// What a request asks of a model, as far as its cost and its reply depend on it.
package struct InvocationInput: Sendable, Equatable {
  package enum Work: Sendable, Equatable {
    case text
    /// Vectors: how many, and of what length. No output tokens.
    case embeddings(count: Int, dimensions: Int)
  }

  package var work: Work = .text
  /// The number formats that a request for vectors names; none where it leaves it at plain floats.
  package var embeddingTypes: [String] = []
  /// All input tokens, those of cached prefixes included.
  package var inputTokens: Int
  /// The most output tokens; nil where the request leaves it to the model.
  package var maxTokens: Int?
  /// Where the prompt may be cached up to, in the order of the prompt.
  package var cachePoints: [CachePoint] = []
  package var stopSequences: [String] = []
  /// The tool that the request forces the model to call; nil where it may answer in words.
  package var forcedTool: String?
  /// What it is called with.
  package var toolInput = JSONValue.object([])
  /// `performanceConfig.latency = optimized`
  package var isLatencyOptimized = false
  /// `priority`, `flex`, `default`, `reserved`; nil where the request says nothing.
  package var serviceTier: String?

  package init(
    work: Work = .text, inputTokens: Int, maxTokens: Int? = nil, cachePoints: [CachePoint] = [], stopSequences: [String] = [],
    forcedTool: String? = nil, isLatencyOptimized: Bool = false, serviceTier: String? = nil
  ) {
    self.work = work
    self.inputTokens = inputTokens
    self.maxTokens = maxTokens
    self.cachePoints = cachePoints
    self.stopSequences = stopSequences
    self.forcedTool = forcedTool
    self.isLatencyOptimized = isLatencyOptimized
    self.serviceTier = serviceTier
  }
}
