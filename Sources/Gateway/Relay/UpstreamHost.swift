import AWSClient

/// A host that an event loop has connections to.
final class UpstreamHost {
  let destination: Destination
  /// Connections that no request uses. The last one was used last.
  var idle: [UpstreamConnection] = []

  init(_ destination: Destination) { self.destination = destination }

  func matches(scheme: String, authority: String) -> Bool {
    destination.authority == authority && destination.scheme == scheme
  }
}

@available(*, unavailable)
extension UpstreamHost: Sendable {}
