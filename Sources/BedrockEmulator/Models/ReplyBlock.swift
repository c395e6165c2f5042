package import AWSWire

/// One part of a reply. A model writes them in this order: reasoning, text, a call of a tool.
package enum ReplyBlock: Sendable, Equatable {
  /// What the model thought before it replied.
  case reasoning(Reasoning)
  case text(String)
  case toolUse(name: String, input: JSONValue)

  package struct Reasoning: Sendable, Equatable {
    /// What is shown of it; it may be shorter than what was thought.
    package var text: String
    /// The tokens of what was thought.
    package var tokens: Int
    /// Claude's proof that it was the one to think so, which goes back with the next request; nil for other models.
    package var signature: String?

    package init(text: String, tokens: Int, signature: String? = nil) {
      self.text = text
      self.tokens = tokens
      self.signature = signature
    }
  }
}

extension Completion {
  /// The reply in blocks: at least one, which is an empty text if nothing is written.
  package var blocks: [ReplyBlock] {
    var blocks: [ReplyBlock] = []
    if let reasoning { blocks.append(.reasoning(reasoning)) }
    if !text.isEmpty || (calledTool == nil && reasoning == nil) { blocks.append(.text(text)) }
    if let calledTool { blocks.append(.toolUse(name: calledTool, input: input.toolInput)) }
    return blocks
  }

  /// The place of the text among the blocks.
  var textIndex: Int { reasoning == nil ? 0 : 1 }

  /// The output tokens of each block. The tokens of a call are those that the others leave.
  var blockTokens: [Int] {
    var left = tokens.output
    return blocks.enumerated().map { index, block in
      let isLast = index == blocks.count - 1
      let own =
        switch block {
        case .reasoning(let reasoning): reasoning.tokens
        case .text(let text): isLast ? left : TokenEstimate.tokens(text)
        case .toolUse: left
        }
      defer { left -= min(own, left) }
      return min(own, left)
    }
  }
}
