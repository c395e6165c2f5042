import AWSWire

/// Finds the text of replies, in Converse's form and in those of the models' families.
enum ReplyText {
  /// The text of a whole reply; nil if it has none or its form is not known.
  static func whole(_ json: JSONValue) -> String? {
    if let blocks = json["output"]?["message"]?["content"]?.array ?? json["content"]?.array {
      let texts = blocks.compactMap { $0["text"]?.string }
      return texts.isEmpty ? nil : texts.joined()
    }
    if let items = json["output"]?.array {
      let parts = items.flatMap { $0["content"]?.array ?? [] }.filter { $0["type"]?.string == "output_text" }
      let texts = parts.compactMap { $0["text"]?.string }
      return texts.isEmpty ? nil : texts.joined()
    }
    let choice = json["choices"]?.array?.first
    return choice?["message"]?["content"]?.string ?? choice?["text"]?.string ?? json["generation"]?.string
      ?? json["results"]?.array?.first?["outputText"]?.string ?? json["text"]?.string
      ?? json["outputs"]?.array?.first?["text"]?.string ?? json["generations"]?.array?.first?["text"]?.string
  }

  /// The text that one event of a stream adds; nil if it adds none.
  static func piece(_ json: JSONValue) -> String? {
    // Responses repeat at the end of each part what they have streamed of it.
    if let type = json["type"]?.string, type.hasPrefix("response.") {
      return type == "response.output_text.delta" ? json["delta"]?.string.nonEmpty : nil
    }
    let delta = json["delta"] ?? json["contentBlockDelta"]?["delta"]
    let choice = json["choices"]?.array?.first
    let text =
      delta?["text"]?.string ?? choice?["delta"]?["content"]?.string ?? choice?["text"]?.string
      ?? choice?["message"]?["content"]?.string ?? json["generation"]?.string ?? json["outputText"]?.string
      ?? json["text"]?.string ?? json["outputs"]?.array?.first?["text"]?.string
    return text?.isEmpty == true ? nil : text
  }

  /// Bytes of output that one event of a stream brings: text, reasoning, and arguments of tools.
  static func outputBytes(_ json: JSONValue) -> Int {
    if let text = piece(json) { return text.utf8.count }
    guard let delta = json["delta"] ?? json["contentBlockDelta"]?["delta"] ?? json["choices"]?.array?.first?["delta"] else {
      return 0
    }
    return bytes(delta)
  }

  /// Bytes of all strings in a value.
  static func bytes(_ json: JSONValue) -> Int {
    switch json {
    case .string(let text): text.utf8.count
    case .array(let elements): elements.reduce(0) { $0 + bytes($1) }
    case .object(let members): members.reduce(0) { $0 + bytes($1.value) }
    default: 0
    }
  }
}
