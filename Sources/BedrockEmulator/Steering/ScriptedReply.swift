import AWSServer
package import AWSWire

/// A reply that a test wants a model to give, and the requests that may get it.
package struct ScriptedReply: Sendable, Equatable {
  package struct Tool: Sendable, Equatable {
    package var name: String
    package var input: JSONValue
  }

  package struct Failure: Sendable, Equatable {
    var error: RuntimeError
    /// nil for AWS's wording.
    var message: String?

    var fault: AWSFault { error.fault(message) }
  }

  /// An invoked id, or the id of the model; nil for any.
  package var modelID: String?
  /// One of ``operations``; nil for any.
  package var operation: String?
  package var reasoning: String?
  package var text: String?
  /// The call of a tool, after the text.
  package var tool: Tool?
  /// The error that ends a stream after the text, and that replaces any other reply.
  package var error: Failure?

  /// The error of a request that no model sees; nil if a model is to reply.
  var refusal: AWSFault? {
    guard let error, error.error.isRefusal, !isWritten else { return nil }
    return error.fault
  }

  /// The exception after what is written, which ends a stream; nil for none.
  var ending: StreamException? { isWritten ? error.flatMap { StreamException($0.error, message: $0.message) } : nil }

  /// The error before the first token; nil if something is written before.
  var immediate: AWSFault? { isWritten ? nil : error?.fault }

  private var isWritten: Bool { reasoning != nil || text != nil || tool != nil }

  /// Whether a request for vectors can get it.
  var fitsVectors: Bool { error != nil && !isWritten }
}

extension ScriptedReply {
  /// The reason why a reply can't be scripted, in a sentence.
  package struct Problem: Error, Equatable { package var message: String }

  private static let members = ["modelId", "operation", "reasoning", "text", "tool", "error"]
  package static let operations = [
    "Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream", "ChatCompletions", "Responses", "Messages",
  ]

  /// - Parameter json: an object with the members `modelId`, `operation`, `reasoning`, `text`, `tool` and `error`.
  package init(_ json: JSONValue) throws(Problem) {
    guard let members = json.members else { throw Problem(message: "A reply must be an object.") }
    if let unknown = members.first(where: { !Self.members.contains($0.name) }) {
      let names = Self.members.joined(separator: ", ")
      throw Problem(message: "A reply has no member \(unknown.name.prefix(50)); there are \(names).")
    }
    modelID = try Self.text("modelId", of: json)
    operation = try Self.text("operation", of: json)
    if let operation, !Self.operations.contains(operation) {
      throw Problem(message: "operation must be one of \(Self.operations.joined(separator: ", ")).")
    }
    reasoning = try Self.text("reasoning", of: json)
    text = try Self.text("text", of: json)
    if let tool = json["tool"] {
      guard let name = tool["name"]?.string, !name.isEmpty, tool["input"].map({ $0.members != nil }) ?? true else {
        throw Problem(message: "tool needs a name, and its input must be an object.")
      }
      self.tool = Tool(name: name, input: tool["input"] ?? .object([]))
    }
    if let error = json["error"] {
      guard let known = error["code"]?.string.flatMap(RuntimeError.init(rawValue:)) else {
        throw Problem(message: "error needs a code, one of \(RuntimeError.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      self.error = Failure(error: known, message: try Self.text("message", of: error))
    }
    guard isWritten || error != nil else { throw Problem(message: "A reply needs a text, a reasoning, a tool or an error.") }
    if isWritten, let error, StreamException.name(of: error.error) == nil {
      throw Problem(message: "\(error.error.rawValue) doesn't end a stream; leave out what is written before it.")
    }
    guard tool == nil || error == nil else { throw Problem(message: "A reply ends with a tool or with an error, not with both.") }
  }

  private static func text(_ name: String, of json: JSONValue) throws(Problem) -> String? {
    guard let value = json[name] else { return nil }
    guard let text = value.string else { throw Problem(message: "\(name) must be a text.") }
    return text
  }

  /// As it is shown.
  package var json: JSONValue {
    .object([
      "modelId": modelID.map(JSONValue.string), "operation": operation.map(JSONValue.string),
      "reasoning": reasoning.map(JSONValue.string), "text": text.map(JSONValue.string),
      "tool": tool.map { ["name": .string($0.name), "input": $0.input] },
      "error": error.map { failure in
        .object(["code": .string(failure.error.rawValue), "message": failure.message.map(JSONValue.string)])
      },
    ])
  }
}
