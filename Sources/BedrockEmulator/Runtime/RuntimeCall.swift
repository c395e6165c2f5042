/// A request as an API has read it: what it asks of the model, and how the reply is written.
struct RuntimeCall: Sendable {
  /// AWS's name of the operation, by which scripted replies are chosen.
  var operation: String
  var input: InvocationInput
  var isStream: Bool
  var format: any ReplyFormat
  /// Whether Bedrock says before the words of a model that they are the model's.
  var quotesModel = true
  /// Whether the client wants to ask for the reply later.
  var isBackground = false
  /// Called with the whole reply, before its end is sent.
  var onReply: @Sendable (Completion) -> Void = { _ in }
}
