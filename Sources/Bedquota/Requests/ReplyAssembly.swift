import AWSWire
import Foundation

/// A whole reply, put together from the events of its stream. It is what the call that doesn't stream would have returned.
///
/// Members that aren't known are kept; numbers and text stay as they are written.
protocol ReplyAssembly: Sendable {
  /// - Throws: `JSONReader.Failure` for a payload that is not JSON.
  mutating func add(_ payload: [UInt8], type: String) throws(JSONReader.Failure)

  /// The body of the reply.
  var body: RawJSON { get }
}

extension ModelRequest {
  /// nil if the streamed reply of the request's form can't be put together faithfully; the request is then sent as it is.
  var assembly: (any ReplyAssembly)? {
    switch api {
    case .converse: ConverseAssembly()
    case .invokeModel: body["anthropic_version"] == nil ? nil : AnthropicAssembly()
    case .messages: AnthropicAssembly()
    case .responses: ResponsesAssembly()
    // The whole reply has members that no chunk has, and the chunks have some that it doesn't have.
    case .chatCompletions: nil
    }
  }
}

/// The JSON that the pieces of a tool's input make; text, if a reply that ended early left it unfinished.
func toolInput(_ pieces: RawJSON?) -> RawJSON {
  guard let pieces, let text = pieces.string, !text.isEmpty else { return .empty }
  return (try? RawJSON(Array(text.utf8))) ?? pieces
}
