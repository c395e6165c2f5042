import AWSWire
public import BedrockQuotas
import HTTPTypes

extension ModelRequest {
  /// An API that takes invocations, and all that differs from one to another: how a request states its bound, where it is sent, how
  /// its reply streams, and where the reply tells its usage.
  public enum API: String, Sendable, CaseIterable {
    /// InvokeModel: the body is in the form of the model's family.
    case invokeModel = "InvokeModel"
    /// Converse: one form for all models.
    case converse = "Converse"
    /// OpenAI's Chat Completions.
    case chatCompletions = "ChatCompletions"
    /// OpenAI's Responses.
    case responses = "Responses"
    /// Anthropic's Messages.
    case messages = "Messages"

    /// The endpoints that have it. On bedrock-runtime, all five share one meter for a model; bedrock-mantle has meters of its own.
    public var endpoints: [QuotaEndpoint] { compatible == nil ? [.runtime] : [.runtime, .mantle] }
  }
}

extension ModelRequest.API {
  /// How a reply streams.
  package enum StreamForm: Sendable {
    /// AWS's binary frames.
    case eventStream
    /// `text/event-stream`.
    case serverSentEvents
  }

  /// nil for Bedrock's own operations.
  var compatible: BedrockRuntimeAPI.Compatible? {
    switch self {
    case .invokeModel, .converse: nil
    case .chatCompletions: .chatCompletions
    case .responses: .responses
    case .messages: .messages
    }
  }

  /// The name of the operation that streams the reply.
  var streamed: String {
    switch self {
    case .invokeModel: "InvokeModelWithResponseStream"
    case .converse: "ConverseStream"
    case .chatCompletions, .responses, .messages: compatible?.operation(streamed: true) ?? rawValue
    }
  }

  package var streamForm: StreamForm { compatible == nil ? .eventStream : .serverSentEvents }

  /// Whether a reply came in one piece though a stream was asked for, as some servers in between answer.
  /// - Parameter byte: the first byte of its body. Frames begin with their length, whose first byte is 0 or 1; server-sent events
  ///   begin with the name of a field or with a comment.
  func isWhole(beginningWith byte: UInt8) -> Bool {
    switch streamForm {
    case .eventStream: byte > 1
    case .serverSentEvents: [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(byte)
    }
  }

  /// Where max_tokens stands in a body; the first is where it is best written.
  ///
  /// Sources: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, developers.openai.com/api/reference,
  /// docs.anthropic.com/en/api/messages
  var maxTokensPaths: [[String]] {
    switch self {
    case .invokeModel, .converse: Self.nativeMaxTokensPaths
    case .chatCompletions: [["max_completion_tokens"], ["max_tokens"]]
    case .responses: [["max_output_tokens"]]
    case .messages: [["max_tokens"]]
    }
  }

  private static let nativeMaxTokensPaths = [
    ["inferenceConfig", "maxTokens"], ["inferenceConfig", "max_new_tokens"], ["max_tokens"], ["max_completion_tokens"],
    ["max_gen_len"], ["textGenerationConfig", "maxTokenCount"], ["max_tokens_to_sample"], ["maxTokens"], ["max_new_tokens"],
    ["maxOutputTokens"], ["max_output_tokens"], ["parameters", "max_new_tokens"],
  ]

  /// The usage that a whole reply reports; nil if it reports none.
  func usage(of json: JSONValue?, _ headers: HTTPFields) -> TokenUsage? {
    let usage = json?["usage"]
    return switch self {
    case .converse: TokenUsage(converse: usage)
    case .invokeModel: TokenUsage(headers: headers) ?? TokenUsage(body: json)
    case .chatCompletions: TokenUsage(chatCompletions: usage)
    case .responses: TokenUsage(responses: usage)
    case .messages: TokenUsage(anthropic: usage, start: nil)
    }
  }

  /// The member in which every whole reply has what the model made; nil where that depends on the family.
  func content(of json: JSONValue) -> JSONValue? {
    switch self {
    case .invokeModel: nil
    case .converse: json["output"]?["message"]?["content"]
    case .chatCompletions: json["choices"]
    case .responses: json["output"]
    case .messages: json["content"]
    }
  }

  /// Whether Bedrock's CountTokens can be asked for a request's input.
  var isCountable: Bool {
    switch self {
    case .invokeModel, .converse, .messages: true
    case .chatCompletions, .responses: false
    }
  }
}
