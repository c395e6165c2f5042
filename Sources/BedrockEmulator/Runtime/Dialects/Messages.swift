import AWSServer
import AWSWire
import BedrockQuotas

/// Anthropic's Messages API.
///
/// Sources: docs.anthropic.com/en/api/messages, docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html
struct Messages: ReplyFormat {
  private let family = AnthropicFamily(countsThinking: true)

  /// The members that InvokeModel doesn't take: those that it has elsewhere, and those of Anthropic's own API.
  private static let parameters = AnthropicFamily.parameters.union([
    "cache_control", "container", "fallbacks", "inference_geo", "mcp_servers", "model", "service_tier", "speed", "stream",
    "user_profile_id",
  ])

  /// - Parameter isCount: whether only the tokens are to be counted.
  static func call(
    _ body: BodyReader, _ request: ServerRequest, _ target: InvocationTarget, isCount: Bool
  ) throws(AWSFault) -> RuntimeCall {
    guard body["anthropic_version"] != nil || request.header("anthropic-version") != nil else {
      throw .invalid("anthropic-version: header is required")
    }
    try body.check(required: isCount ? ["messages"] : ["max_tokens", "messages"], allowed: parameters)
    var input = try AnthropicFamily().input(body)
    input.demand(
      Thinking(askedIn: body.value, model: target.model, isConverse: false),
      text: try OutputSchema.text(askedIn: body.value, isConverse: false), in: body.value)
    let isStream = try body["stream"]?.boolean() ?? false
    var outline = RequestOutline(
      .messages, target.model, isStream: isStream, readsPictures: target.readsPictures, contextWindow: target.contextWindow)
    outline.read(messages: body.value)
    let betas = (request.header("anthropic-beta") ?? "").split(separator: ",")
    outline.betas += betas.map { String($0.trimmingPrefix(" ")) }
    try RequestRule.check(outline)
    return RuntimeCall(operation: "Messages", input: input, isStream: isStream, format: Messages(), quotesModel: false)
  }

  func reply(_ completion: Completion, tellsUsage: Bool) -> ServerResponse {
    let body = family.reply(completion)
    return .json((tellsUsage ? body : body.without("usage")).data)
  }

  func streamHeaders(_ completion: Completion) -> [(name: String, value: String)] { ServerSentEvent.headers }

  func opening(_ completion: Completion) -> [UInt8] { family.opening(completion).flatMap(event) }

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    family.start(block, at: index, completion).flatMap(event)
  }

  func piece(_ piece: ReplyPiece, _ completion: Completion) -> [UInt8] {
    piece.isReasoning
      ? family.reasoningPiece(piece.text, completion).map(event) ?? []
      : event(family.piece(piece.text, tokensBefore: piece.tokensBefore, tokens: piece.tokens, completion))
  }

  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    family.stop(block, at: index, completion).flatMap(event)
  }

  func closing(_ completion: Completion, tellsUsage: Bool) -> [UInt8] {
    family.closing(completion).flatMap { event(tellsUsage ? $0 : $0.without("usage")) }
  }

  func failure(_ exception: StreamException, _ completion: Completion) -> [UInt8] {
    event(exception.reply.anthropicError(requestID: nil))
  }

  /// An event has the name of its type.
  private func event(_ json: JSONValue) -> [UInt8] { ServerSentEvent.encode(json["type"]?.string, json) }
}
