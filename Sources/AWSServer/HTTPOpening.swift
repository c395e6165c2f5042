package import Foundation

/// What a server decides from the head of a request, before it receives the body.
package enum HTTPOpening: Sendable {
  /// The reply, for which the body is not kept.
  case reply(ServerResponse)
  /// Receives the body, then answers. It never throws, since an error is an answer too.
  case body(@Sendable (Data, ClientPresence) async -> ServerResponse)
  /// The same, for a body of at most so many bytes, where that is less than the server takes.
  case boundedBody(Int, @Sendable (Data, ClientPresence) async -> ServerResponse)
}
