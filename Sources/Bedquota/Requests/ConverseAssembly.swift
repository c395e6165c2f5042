import AWSWire
import Foundation

/// Puts Converse's reply together from the events of ConverseStream.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html and API_runtime_Converse.html
struct ConverseAssembly: ReplyAssembly {
  /// The pieces of one content block.
  private struct Block: Sendable {
    var content = RawJSON.empty
    var citations: [RawJSON] = []
  }

  private var message = RawJSON.empty
  private var blocks: [Int: Block] = [:]
  /// Members of `messageStop` and `metadata`, which are members of the reply.
  private var rest: [RawJSON.Member] = []

  mutating func add(_ payload: [UInt8], type: String) throws(JSONReader.Failure) {
    let json = try RawJSON(payload)
    let index = json["contentBlockIndex"]?.integer ?? 0
    switch type {
    case "messageStart": add(json, to: &message)
    case "contentBlockStart": blocks[index, default: Block()].content.append(json["start"] ?? .empty)
    case "contentBlockDelta": add(json["delta"] ?? .empty, at: index)
    case "contentBlockStop": break
    // An event of a kind that isn't known has no place in the reply.
    case "messageStop", "metadata": rest += (json.members ?? []).filter { !Self.isPadding($0) }
    default: break
    }
  }

  private func add(_ json: RawJSON, to message: inout RawJSON) {
    for member in json.members ?? [] where !Self.isPadding(member) { message.append(.object([member])) }
  }

  /// Bedrock pads events with a member `p`, so that their lengths tell nothing of their text.
  private static func isPadding(_ member: RawJSON.Member) -> Bool { member.name == [UInt8(ascii: "p")] }

  private mutating func add(_ delta: RawJSON, at index: Int) {
    var delta = delta
    if let citation = delta["citation"] {
      blocks[index, default: Block()].citations.append(citation)
      delta["citation"] = nil
    }
    blocks[index, default: Block()].content.append(delta)
  }

  var body: RawJSON {
    var message = message
    message["content"] = .array(blocks.keys.sorted().compactMap { blocks[$0].map(Self.whole) })
    var body = RawJSON.empty
    body["output"] = .object([.init("message", message)])
    body.append(.object(rest))
    return body
  }

  /// The block as Converse has it: some members have another form there.
  private static func whole(_ block: Block) -> RawJSON {
    var content = block.content
    if var tool = content["toolUse"] {
      tool["input"] = toolInput(tool["input"])
      content["toolUse"] = tool
    }
    if var reasoning = content["reasoningContent"] {
      var text = RawJSON.empty
      for name in ["text", "signature"] {
        guard let member = reasoning[name] else { continue }
        text[name] = member
        reasoning[name] = nil
      }
      if text != .empty { reasoning["reasoningText"] = text }
      content["reasoningContent"] = reasoning
    }
    guard !block.citations.isEmpty else { return content == .empty ? .object([.init("text", .text([]))]) : content }
    let texts: [RawJSON] = content["text"].map { [.object([.init("text", $0)])] } ?? []
    content["text"] = nil
    content["citationsContent"] = .object([.init("content", .array(texts)), .init("citations", .array(block.citations))])
    return content
  }
}
