import AWSWire
import Foundation

/// Puts the reply of an Anthropic model together from the events of its stream.
///
/// Source: docs.claude.com/en/docs/build-with-claude/streaming
struct AnthropicAssembly: ReplyAssembly {
  private var message = RawJSON.empty
  private var blocks: [Int: RawJSON] = [:]
  /// The JSON of tools' inputs, in pieces.
  private var inputs: [Int: RawJSON] = [:]

  mutating func add(_ payload: [UInt8], type: String) throws(JSONReader.Failure) {
    let json = try RawJSON(payload)
    let index = json["index"]?.integer ?? 0
    switch json["type"]?.string {
    case "message_start": message = json["message"] ?? .empty
    case "content_block_start": blocks[index] = json["content_block"] ?? .empty
    case "content_block_delta": add(json["delta"] ?? .empty, at: index)
    case "message_delta": finish(json)
    default: break
    }
  }

  private mutating func add(_ delta: RawJSON, at index: Int) {
    var block = blocks[index] ?? .empty
    for member in delta.members ?? [] {
      switch String(decoding: member.name, as: UTF8.self) {
      case "type": break
      case "partial_json": inputs[index, default: .text([])].append(member.value)
      case "citation":
        let citations = block["citations"]?.elements ?? []
        block["citations"] = .array(citations + [member.value])
      default: block.append(.object([member]))
      }
    }
    blocks[index] = block
  }

  /// The last values of members that the beginning has too.
  private mutating func finish(_ json: RawJSON) {
    for member in json.members ?? [] {
      let name = String(decoding: member.name, as: UTF8.self)
      switch name {
      case "type": break
      case "delta": for member in member.value.members ?? [] { replace(member) }
      case "usage":
        var usage = message["usage"] ?? .empty
        for count in member.value.members ?? [] { usage[String(decoding: count.name, as: UTF8.self)] = count.value }
        message["usage"] = usage
      default: replace(member)
      }
    }
  }

  private mutating func replace(_ member: RawJSON.Member) {
    message[String(decoding: member.name, as: UTF8.self)] = member.value
  }

  var body: RawJSON {
    var message = message
    message["content"] = .array(
      blocks.keys.sorted().map { index in
        var block = blocks[index] ?? .empty
        if let input = inputs[index] { block["input"] = toolInput(input) }
        return block
      })
    return message
  }
}
