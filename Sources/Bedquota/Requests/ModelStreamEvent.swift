public import Foundation

/// One event of a streamed reply.
public struct ModelStreamEvent: Sendable, Equatable {
  /// ConverseStream's name of the event, such as `contentBlockDelta`; `chunk` if the payload has the form of the model's
  /// family, or of a compatible API. Chat Completions end with a chunk that tells the usage, whether or not the body asks for it.
  public var type: String
  /// JSON, as the service or the model sent it.
  public var payload: Data
  /// The text that it adds to the reply; nil if it adds none.
  public var text: String?
}
