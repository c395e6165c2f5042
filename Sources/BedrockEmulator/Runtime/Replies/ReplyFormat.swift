import AWSServer

/// How an API writes what a model said: in one piece, or as the parts of a stream.
///
/// A format may count what it has written, so each reply has a copy of its own.
protocol ReplyFormat: Sendable {
  /// Whether it can stream.
  var streams: Bool { get }

  /// The reply in one piece.
  /// - Parameter tellsUsage: false for a test of what clients do without the usage.
  func reply(_ completion: Completion, tellsUsage: Bool) -> ServerResponse

  /// The head of a stream.
  func streamHeaders(_ completion: Completion) -> [(name: String, value: String)]
  /// The bytes before the first block.
  mutating func opening(_ completion: Completion) -> [UInt8]
  /// The bytes before the pieces of a block; for a call of a tool, all of it.
  mutating func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8]
  mutating func piece(_ piece: ReplyPiece, _ completion: Completion) -> [UInt8]
  /// The bytes after the pieces of a block.
  mutating func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8]
  /// The bytes after the last block.
  mutating func closing(_ completion: Completion, tellsUsage: Bool) -> [UInt8]
  /// The last bytes of a stream that fails.
  mutating func failure(_ exception: StreamException, _ completion: Completion) -> [UInt8]
}

extension ReplyFormat {
  var streams: Bool { true }
}

/// A piece of a text or of reasoning, as a stream sends it.
struct ReplyPiece {
  var text: Substring
  var isReasoning: Bool
  /// The place of its block.
  var index: Int
  /// The reply's output tokens before this piece, and in it.
  var tokensBefore: Int
  var tokens: Int
}
