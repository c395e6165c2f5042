import AWSWire
import BedrockQuotas

/// The parts of a request that its cost and its reply depend on.
package struct InvocationInput: Sendable, Equatable {
  package enum Work: Sendable, Equatable {
    case text
    /// Vectors, without output tokens.
    case embeddings(count: Int, dimensions: Int)
  }

  package var work: Work = .text
  /// The requested number formats of vectors; empty for plain floats.
  package var embeddingTypes: [String] = []
  /// All input tokens, including cached prefixes.
  package var inputTokens: Int
  /// The limit of output tokens; nil if the request has none.
  package var maxTokens: Int?
  /// In the order of the prompt.
  package var cachePoints: [CachePoint] = []
  package var stopSequences: [String] = []
  /// The tool that the model must call; nil if it may answer with text.
  package var forcedTool: String?
  /// The input of the forced tool.
  var toolInput = JSONValue.object([])
  /// The text that the reply must have, because the request asks for JSON of a schema; nil if any text will do.
  package var requiredText: String?
  /// The reasoning that the request asks for; nil for none.
  package var thinking: Thinking?
  /// `performanceConfig.latency = optimized`
  package var isLatencyOptimized = false
  /// `priority`, `flex`, `default` or `reserved`; nil if the request doesn't set it.
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
