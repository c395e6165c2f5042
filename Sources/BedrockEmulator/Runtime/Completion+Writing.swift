import Foundation

extension Completion {
  /// Writes a reply of text: what a test scripted, what the request demands, or made-up words.
  /// - Parameters:
  ///   - length: how long made-up replies are. With reasoning, half of a reply is reasoning.
  ///   - limit: the most output tokens.
  ///   - scripted: what a test wants the model to say.
  mutating func write(
    _ length: OutputLength, limit: Int, scripted: ScriptedReply?, _ random: inout SplitMix64
  ) {
    let wanted = length.draw(&random)
    if let scripted { return write(scripted, limit: limit) }
    if let tool = input.forcedTool {
      let needed = TokenEstimate.tokens(tool + input.toolInput.text)
      tokens.output = min(needed, limit)
      stop = needed > limit ? .maxTokens : .toolUse
      return
    }
    let thought = think(min(wanted, limit))
    if let required = input.requiredText {
      say(required, limit: limit, before: thought)
    } else {
      tokens.output = min(wanted, limit)
      text = MadeUpText.make(tokens: tokens.output - thought, &random)
      stop = wanted < limit || limit < 1 ? .endTurn : .maxTokens
    }
    stopAtSequence(before: thought)
  }

  /// Writes the reasoning that the request asks for.
  /// - Returns: its tokens.
  private mutating func think(_ length: Int) -> Int {
    guard let thinking = input.thinking, length > 0 else { return 0 }
    let tokens = min((length + 1) / 2, thinking.budget ?? .max)
    var random = SplitMix64(seed: seed ^ 0x7468_696E_6B69_6E67)
    let text =
      switch thinking.form {
      case .signed, .plain: MadeUpText.make(tokens: tokens, &random)
      case .omitted: ""
      case .redacted: "[REDACTED]"
      }
    let isSigned = thinking.form == .signed || thinking.form == .omitted
    reasoning = .init(text: text, tokens: tokens, signature: isSigned ? signature : nil)
    return tokens
  }

  /// Writes a text, or as much of it as the limit allows.
  private mutating func say(_ said: String, limit: Int, before: Int) {
    let needed = TokenEstimate.tokens(said)
    let room = max(limit - before, 0)
    text = needed > room ? String(said.text(ofTokens: room, from: 0)) : said
    tokens.output = before + min(needed, room)
    stop = needed > room ? .maxTokens : .endTurn
  }

  private mutating func write(_ scripted: ScriptedReply, limit: Int) {
    var before = 0
    if let thought = scripted.reasoning {
      before = min(TokenEstimate.tokens(thought), limit)
      reasoning = .init(text: String(thought.text(ofTokens: before, from: 0)), tokens: before, signature: signature)
    }
    say(scripted.text ?? "", limit: limit, before: before)
    if let tool = scripted.tool, stop == .endTurn {
      let needed = tokens.output + TokenEstimate.tokens(tool.name + tool.input.text)
      input.forcedTool = tool.name
      input.toolInput = tool.input
      tokens.output = min(needed, limit)
      stop = needed > limit ? .maxTokens : .toolUse
    }
    tokens.output = max(tokens.output, min(1, limit))
    if scripted.tool == nil { stopAtSequence(before: before) }
  }

  private mutating func stopAtSequence(before: Int) {
    let stops = input.stopSequences.filter { !$0.isEmpty }.compactMap { stop in
      text.range(of: stop).map { (at: $0.lowerBound, stop) }
    }
    guard let first = stops.min(by: { $0.at < $1.at }) else { return }
    text = String(text[..<first.at])
    tokens.output = max(before + TokenEstimate.tokens(text), 1)
    stop = .stopSequence(first.1)
  }

  /// Ends the reply after some output tokens, because there is no quota for more.
  mutating func cut(to count: Int) {
    guard count < tokens.output else { return }
    tokens.output = count
    stop = .maxTokens
    let thought = min(reasoning?.tokens ?? 0, count)
    if var thinking = reasoning {
      thinking.text = String(thinking.text.text(ofTokens: thought, from: 0))
      thinking.tokens = thought
      reasoning = thought > 0 ? thinking : nil
    }
    text = String(text.text(ofTokens: count - thought, from: 0))
  }

  /// Claude's signature of its reasoning: 96 letters and digits of base64, made up from the seed.
  private var signature: String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var random = SplitMix64(seed: seed ^ 0x7369_676E_6174_7572)
    return String(decoding: (0..<96).map { _ in letters[Int(random.next() & 63)] }, as: UTF8.self)
  }
}

extension String {
  /// The text of `count` tokens. A token is four bytes; a letter of several bytes is in the piece in which it ends.
  func text(ofTokens count: Int, from token: Int) -> Substring {
    func index(_ token: Int) -> Index { utf8.index(startIndex, offsetBy: token * 4, limitedBy: endIndex) ?? endIndex }
    return self[index(token)..<index(token + count)]
  }
}
