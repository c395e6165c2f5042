import AWSWire

extension ControlAPI {
  /// The most text of a script, in bytes of JSON.
  private static let scriptBytesMax = 16_000_000

  func setReplies(_ body: JSONValue) throws(Refusal) {
    guard let list = body["replies"]?.array, list.count <= ReplyScript.repliesMax else {
      throw Refusal(message: "Replies needs replies, a list of at most \(ReplyScript.repliesMax).")
    }
    guard body.data.count <= Self.scriptBytesMax else {
      throw Refusal(message: "The replies are longer than \(Self.scriptBytesMax / 1_000_000) MB.")
    }
    var replies: [ScriptedReply] = []
    for (index, element) in list.enumerated() {
      do {
        replies.append(try ScriptedReply(element))
      } catch {
        throw Refusal(message: "Reply \(index + 1): \(error.message)")
      }
    }
    emulator.script.replace(by: replies)
  }

  func replies() -> JSONValue { ["replies": .array(emulator.script.replies.map(\.json))] }
}
