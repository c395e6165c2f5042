package import AWSClient
package import BedrockQuotas

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

/// A point up to which a prompt is kept for later requests with the same beginning.
package struct CachePoint: Sendable, Equatable {
  /// Tokens from the beginning of the prompt to here.
  package var tokens: Int
  /// A hash of everything from the beginning of the prompt to here.
  package var prefixHash: UInt64
}

/// Tokens as Bedrock reports them.
package struct TokenCounts: Sendable, Equatable {
  /// Neither read from the cache nor written to it.
  package var input: Int
  package var cacheRead = 0
  package var cacheWrite = 0
  package var output: Int

  /// What the request sent: `input + cacheRead + cacheWrite`.
  package var allInput: Int { input + cacheRead + cacheWrite }

  package init(input: Int, cacheRead: Int = 0, cacheWrite: Int = 0, output: Int) {
    self.input = input
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
    self.output = output
  }
}

/// Why a model stopped.
package enum StopReason: Sendable, Equatable {
  case endTurn
  case maxTokens
  case stopSequence(String)
  case toolUse
}

/// What the emulated model answers, whole; a stream hands it out piece by piece.
package struct Completion: Sendable {
  package var model: ModelID
  /// Unique to the request, and the same for the same seed: 24 lower-case letters and digits.
  package var id: String
  package var input: InvocationInput
  /// Made up; each four bytes of it are one token (see ``TokenEstimate``). Empty where a tool is called.
  package var text: String
  package var tokens: TokenCounts
  package var stop: StopReason
  /// A seed for whatever else of the reply is made up, such as a vector.
  package var seed: UInt64
  /// Seconds since 1970, of the emulator's clock.
  package var createdAt: Int
  /// From the request to the end of the reply, in milliseconds.
  package var latencyMilliseconds: Int
  /// From the request to the first token, in milliseconds.
  package var firstTokenMilliseconds: Int

  package init(
    model: ModelID, id: String, input: InvocationInput, text: String, tokens: TokenCounts, stop: StopReason, seed: UInt64,
    createdAt: Int, latencyMilliseconds: Int, firstTokenMilliseconds: Int
  ) {
    self.model = model
    self.id = id
    self.input = input
    self.text = text
    self.tokens = tokens
    self.stop = stop
    self.seed = seed
    self.createdAt = createdAt
    self.latencyMilliseconds = latencyMilliseconds
    self.firstTokenMilliseconds = firstTokenMilliseconds
  }
}

/// How one family of models spells the bodies of InvokeModel and InvokeModelWithResponseStream.
package protocol ModelFamily: Sendable {
  /// Whether the family streams at all.
  var streams: Bool { get }

  /// Reads the body of a request.
  /// - Throws: a `ValidationException` in the words of Bedrock.
  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput

  /// The body of InvokeModel's reply.
  func reply(_ completion: Completion) -> JSONValue

  /// The chunks before the first piece of text.
  func opening(_ completion: Completion) -> [JSONValue]
  /// The chunk for a piece of text. `tokensBefore` and `tokens` count output tokens before this piece and in it.
  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue
  /// The chunks after the last piece of text; the runtime adds `amazon-bedrock-invocationMetrics` to the last one.
  func closing(_ completion: Completion) -> [JSONValue]
}

extension ModelFamily {
  package var streams: Bool { true }
}

/// How many tokens a text has. Real models' tokenizers differ; this rule is one that a user can foresee.
package enum TokenEstimate {
  /// One token for each four bytes of UTF-8 or part of them.
  package static func tokens(bytes: Int) -> Int { (bytes + 3) / 4 }
  package static func tokens(_ text: some StringProtocol) -> Int { tokens(bytes: text.utf8.count) }
  /// An image, whatever its size: the most that Claude counts for one, 1,568 (its documentation: longest edge 1,568 pixels, w·h/750).
  package static let image = 1_568
}
