/// What the names of members mean in the replies of all APIs and families. A name counts at any level: to read an event in vain costs
/// little, to miss one costs its usage.
enum MemberNames: Sendable {
  /// The text of every API stands under one of the known names.
  case all
  /// A stream of Responses repeats its text in later events; it adds text under `delta` alone.
  case responsesStream

  enum Meaning: Sendable {
    case none
    /// The model's text, if its value is a string.
    case text
    /// An array whose emptiness tells.
    case choices
    /// Tells by what it says, such as `message_delta`.
    case type
    /// Tells of usage, of the end or of an error, unless its value is `null`, `false` or an empty text.
    case telling
    /// Tells, and repeats text that was streamed before.
    case repeating
  }

  func meaning(of name: [UInt8]) -> Meaning {
    let found = name.count < Self.byLength.count ? Self.byLength[name.count].first { $0.name == name }?.meaning ?? .none : .none
    guard found == .text, self == .responsesStream else { return found }
    return name == Self.delta ? .text : .none
  }

  private static let delta = Array("delta".utf8)

  /// By the length of the name, so that few are compared.
  private static let byLength: [[(name: [UInt8], meaning: Meaning)]] = {
    let meanings: [(Meaning, [String])] = [
      (
        .text,
        [
          "text", "content", "delta", "generation", "outputText", "partial_json", "input", "arguments", "thinking", "reasoning",
          "reasoning_content", "refusal",
        ]
      ), (.choices, ["choices"]), (.type, ["type", "status"]), (.repeating, ["response"]),
      (
        .telling,
        [
          "usage", "metadata", "amazon-bedrock-invocationMetrics", "messageStop", "is_finished", "stop_reason", "finish_reason",
          "completionReason", "incomplete_details", "error",
        ]
      ),
    ]
    var table = [[(name: [UInt8], meaning: Meaning)]](repeating: [], count: 41)
    for (meaning, names) in meanings { for name in names { table[name.utf8.count].append((Array(name.utf8), meaning)) } }
    return table
  }()

  /// Whether a type or a status is one of usage, of the end or of an error.
  static func tellsByType(_ word: [UInt8]) -> Bool {
    // The events that bring text, which are nearly all, end with `delta`.
    word.last != UInt8(ascii: "a") || word.count == messageDelta.count ? types.contains(word) : false
  }

  private static let messageDelta = Array("message_delta".utf8)
  private static let types = Set(
    [
      "message_start", "message_delta", "message_stop", "response.completed", "response.incomplete", "response.failed", "error",
      "failed",
    ].map { Array($0.utf8) })
}
