package import Hummingbird
package import NIOCore

/// What Hummingbird knows of a request, and the connection under it.
package struct ConnectionContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  package let channel: any Channel

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
