extension RequestRule {
  /// Each use of a tool is answered by the next message, and nothing else is.
  static let toolPairs: [RequestRule] = [
    RequestRule("more results than uses of tools", .bedrock, "https://github.com/Just-Curieous/Curie/issues/16") { request in
      guard request.form == .converse else { return nil }
      for (index, message) in request.messages.enumerated() {
        let uses = index > 0 ? request.messages[index - 1].uses.count : 0
        guard message.results.count > uses else { continue }
        return
          "The number of toolResult blocks at messages.\(index).content exceeds the number of toolUse blocks of previous turn."
      }
      return nil
    },
    RequestRule("a tool's use without a result", .bedrock, "https://github.com/crewAIInc/crewAI/issues/4749") { request in
      guard request.form == .converse else { return nil }
      for (index, message) in request.messages.enumerated().dropFirst() {
        let answered = Set(message.results.map(\.id))
        let missing = request.messages[index - 1].uses.filter { !answered.contains($0) }
        guard !missing.isEmpty else { continue }
        return "Expected toolResult blocks at messages.\(index).content for the following Ids: \(missing.joined(separator: ", "))"
      }
      return nil
    },
    RequestRule("a tool_use without a result", .model, "https://github.com/anthropics/claude-code/issues/3632") { request in
      guard request.form == .messages else { return nil }
      for (index, message) in request.messages.enumerated() where message.role == .assistant {
        let next = index + 1 < request.messages.count ? request.messages[index + 1] : nil
        let answered = Set(next?.results.map(\.id) ?? [])
        let missing = message.uses.filter { !answered.contains($0) }
        guard !missing.isEmpty else { continue }
        return
          "messages.\(index): `tool_use` ids were found without `tool_result` blocks immediately after: \(missing.joined(separator: ", ")). Each `tool_use` block must have a corresponding `tool_result` block in the next message."
      }
      return nil
    },
    RequestRule("a result of an unknown tool_use", .model, "https://github.com/anthropics/claude-code/issues/13460") { request in
      guard request.form == .messages else { return nil }
      for (index, message) in request.messages.enumerated() {
        let known = Set(index > 0 ? request.messages[index - 1].uses : [])
        guard let unknown = message.results.first(where: { !known.contains($0.id) }) else { continue }
        return
          "\(unknown.path): unexpected `tool_use_id` found in `tool_result` blocks: \(unknown.id). Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
      }
      return nil
    },
    RequestRule("a tool_use id twice", .model, "https://github.com/anthropics/claude-code/issues/21317") { request in
      guard request.form == .messages else { return nil }
      var seen: Set<String> = []
      for block in request.messages.flatMap(\.blocks) {
        if case .toolUse(let id, _) = block.kind, !seen.insert(id).inserted {
          return "\(block.path): `tool_use` ids must be unique"
        }
      }
      return nil
    },
    RequestRule("a tool's name twice", .model, "https://github.com/anthropics/claude-code/issues/10687") { request in
      let names = request.toolNames.compactMap { $0 }
      return request.form == .messages && Set(names).count < names.count ? "tools: Tool names must be unique." : nil
    },
  ]
}

extension RequestOutline.Message {
  /// The ids of the tools that the message uses.
  var uses: [String] { blocks.compactMap { if case .toolUse(let id, _) = $0.kind { id } else { nil } } }

  var results: [(id: String, path: String)] {
    blocks.compactMap { if case .toolResult(let id, _, _) = $0.kind { (id, $0.path) } else { nil } }
  }
}
