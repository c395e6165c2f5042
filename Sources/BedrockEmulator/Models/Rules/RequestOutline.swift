import AWSWire
import BedrockQuotas

/// What the rules look at in a request, the same for Converse and for Anthropic's Messages.
struct RequestOutline: Sendable {
  /// The form of the body, on which the words of a refusal depend.
  enum Form: Sendable {
    case converse
    /// InvokeModel with Anthropic's Messages.
    case messages
    /// InvokeModel with another body, of which rules see no more than its headers.
    case other
  }

  enum Role: Sendable { case user, assistant }

  struct Block: Sendable {
    enum Kind: Sendable {
      case text(String)
      /// Bytes in base64; nil for a picture that is given by its location.
      case picture(base64: String?)
      case document(name: String?)
      case toolUse(id: String, name: String)
      case toolResult(id: String, isEmpty: Bool, isError: Bool)
      case thinking
      case other
    }

    /// `messages.0.content.1`
    var path: String
    var kind: Kind
    /// The type as Anthropic's messages name it: `tool_use`.
    var type: String
  }

  struct Message: Sendable {
    var role: Role
    /// Without what is inside of tool results.
    var blocks: [Block]
    /// Pictures and documents inside of tool results.
    var nested: [Block]
  }

  enum ToolChoice: Sendable { case auto, any, tool }

  struct Thinking: Sendable {
    /// `enabled`, `adaptive`, `disabled`
    var type: String
    var budget: Int?
  }

  var form: Form
  var model: ModelID
  var isStream: Bool
  /// Whether the account lists pictures as an input of the model; true if it says nothing.
  var readsPictures: Bool
  /// The model's limit of input and output together, in tokens; nil if it isn't known.
  var contextWindow: Int?
  var namesGuardrail = false
  var messages: [Message] = []
  var hasSystem = false
  /// Whether the request has `toolConfig`, or `tools`.
  var hasTools = false
  /// nil for a tool without a name.
  var toolNames: [String?] = []
  var toolChoice: ToolChoice?
  var maxTokens: Int?
  var temperature: Double?
  var topP: Double?
  var hasTopK = false
  /// Even an empty list counts: github.com/langchain4j/langchain4j/issues/3650.
  var hasStopSequences = false
  var stopSequences: [String] = []
  var thinking: Thinking?
  /// The path of the first member that Claude doesn't know, in Converse's additional fields or in a message.
  var unknownMember: String?
  /// Anthropic's beta features.
  var betas: [String] = []

  init(_ form: Form, _ model: ModelID, isStream: Bool = false, readsPictures: Bool = true, contextWindow: Int? = nil) {
    self.form = form
    self.model = model
    self.isStream = isStream
    self.readsPictures = readsPictures
    self.contextWindow = contextWindow
  }

  /// The version of Claude; nil for other models.
  var claude: ClaudeVersion? { ClaudeVersion(model) }

  var isThinking: Bool { thinking?.type == "enabled" || thinking?.type == "adaptive" }

  /// All blocks in their order, also those inside of tool results.
  var blocks: [Block] { messages.flatMap { $0.blocks + $0.nested } }

  /// Reads the members that Claude takes in `additionalModelRequestFields`, and at the top of its own bodies.
  mutating func readClaude(_ fields: JSONValue) {
    if let thinking = fields["thinking"] ?? fields["reasoning_config"], let type = thinking["type"]?.string {
      self.thinking = Thinking(type: type, budget: thinking["budget_tokens"]?.integer)
    }
    hasTopK = fields["top_k"].map { !$0.isNull } ?? hasTopK
    temperature = fields["temperature"]?.double ?? temperature
    topP = fields["top_p"]?.double ?? topP
    betas += (fields["anthropic_beta"]?.array ?? []).compactMap(\.string)
  }
}
