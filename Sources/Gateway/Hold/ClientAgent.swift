/// The program that a `User-Agent` names, as far as its habits are known.
package enum ClientAgent: String, Sendable, CaseIterable {
  case boto = "boto3"
  case awsCLI = "aws-cli"
  case java = "aws-sdk-java"
  case kotlin = "aws-sdk-kotlin"
  case javaScript = "aws-sdk-js"
  case go = "aws-sdk-go"
  case php = "aws-sdk-php"
  case rust = "aws-sdk-rust"
  case ruby = "aws-sdk-ruby"
  case dotnet = "aws-sdk-dotnet"
  case swift = "aws-sdk-swift"
  case claudeCode = "claude-code"
  case anthropic
  case openAI = "openai"
  case langChain = "langchain"
  case node
  case unknown

  /// Words by which agents are known, in lower case. The first that a `User-Agent` has decides, so the more particular ones come
  /// first: Claude Code uses Anthropic's SDK, and that names the runtime; LangChain uses boto3 and says so.
  private static let words: [(word: StaticString, agent: ClientAgent)] = [
    ("claude-cli", .claudeCode), ("claude-code", .claudeCode), ("aws-cli", .awsCLI), ("boto3", .boto), ("botocore", .boto),
    ("aws-sdk-java", .java), ("aws-sdk-kotlin", .kotlin), ("aws-sdk-js", .javaScript), ("aws-sdk-go", .go),
    ("aws-sdk-php", .php), ("aws-sdk-rust", .rust), ("aws-sdk-ruby", .ruby), ("aws-sdk-dotnet", .dotnet),
    ("aws-sdk-swift", .swift), ("anthropic", .anthropic), ("openai", .openAI), ("langchain", .langChain), ("undici", .node),
    ("node", .node),
  ]

  /// - Parameter text: the value of `User-Agent`; its first 256 bytes count.
  package init(_ text: String) {
    let lower = text.utf8.prefix(256).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    self = Self.words.first { Self.has($0.word, lower) }?.agent ?? .unknown
  }

  private static func has(_ word: StaticString, _ text: [UInt8]) -> Bool {
    word.withUTF8Buffer { word in
      guard text.count >= word.count else { return false }
      return (0...text.count - word.count).contains { start in
        // A word begins where nothing or a mark precedes it, so that "node" is not found in "inode".
        (start == 0 || !(0x61...0x7A).contains(text[start - 1])) && text[start] == word[0]
          && text[start..<start + word.count].elementsEqual(word)
      }
    }
  }

  /// What an agent does unless its program says otherwise.
  struct Habits: Sendable {
    /// nil: it waits without a bound.
    var silence: Duration? = .seconds(60)
    /// The most silence that it bears in a stream; nil: as much as elsewhere.
    var streamSilence: Duration?
    /// nil: a third of its patience.
    var keepAliveAfter: Duration?
    var holdMin = Duration.seconds(1)
    var retryAfterMax = 60
  }

  /// Sources: botocore `endpoint.py`; aws-sdk-java-v2 `SdkHttpConfigurationOption` (30 s); the HTTP handlers of the SDKs for
  /// JavaScript, Go and PHP, which have no read timeout; aws-sdk-rust#1287 (stalled streams, 5 s and later 20 s); anthropic-sdk-python
  /// and openai-python `_constants.py` (600 s, which they send); Claude Code's `llm-gateway-protocol.md` (300 s in a stream,
  /// `Retry-After` above 60 s ends its retries); openai-python obeys up to 120 s; undici's `headersTimeout` (300 s).
  var habits: Habits {
    switch self {
    case .boto, .awsCLI, .ruby, .swift, .langChain, .unknown: Habits()
    case .java, .kotlin: Habits(silence: .seconds(30))
    case .javaScript, .go, .php: Habits(silence: nil)
    case .rust: Habits(silence: .seconds(20), keepAliveAfter: .seconds(5), holdMin: .seconds(5))
    case .dotnet: Habits(silence: .seconds(100))
    case .claudeCode: Habits(silence: .seconds(600), streamSilence: .seconds(300))
    case .anthropic: Habits(silence: .seconds(600))
    case .openAI: Habits(silence: .seconds(600), retryAfterMax: 120)
    case .node: Habits(silence: .seconds(300))
    }
  }
}
