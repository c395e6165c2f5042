import AWSWire
import Foundation

/// Takes the reply of the Responses API out of its stream, whose last event holds it whole.
///
/// Source: developers.openai.com/api/reference/resources/responses/streaming-events. Some services leave `output` empty there though
/// they have streamed its items: github.com/BerriAI/litellm/pull/32724.
struct ResponsesAssembly: ReplyAssembly {
  private var response = RawJSON.empty
  /// The items that are complete, by their positions.
  private var items: [Int: RawJSON] = [:]

  mutating func add(_ payload: [UInt8], type: String) throws(JSONReader.Failure) {
    let json = try RawJSON(payload)
    switch json["type"]?.string {
    case "response.output_item.done": if let item = json["item"] { items[json["output_index"]?.integer ?? 0] = item }
    case "response.completed", "response.incomplete": response = json["response"] ?? .empty
    default: break
    }
  }

  var body: RawJSON {
    guard response["output"]?.elements?.isEmpty ?? true, !items.isEmpty else { return response }
    var whole = response
    whole["output"] = .array(items.keys.sorted().compactMap { items[$0] })
    return whole
  }
}
