import AWSClient
import Bedquota
import NIOCore

/// A reply that is read from a connection of the event loop that its request came on.
final class ConnectedReply: UpstreamReply {
  let status: Int
  let headers: [(name: String, value: String)]
  private let exchange: NIOLoopBound<UpstreamExchange>
  private let errors: ConnectionErrors

  init(_ head: UpstreamExchange.Head, _ exchange: UpstreamExchange, errors: ConnectionErrors, on loop: any EventLoop) {
    status = head.status
    headers = head.headers
    self.exchange = NIOLoopBound(exchange, eventLoop: loop)
    self.errors = errors
  }

  deinit { cancel() }

  func next() async throws -> ByteBuffer? {
    let exchange = exchange.value
    do {
      return try await exchange.next()
    } catch {
      let told = await exchange.explained(error, by: errors)
      // AWS may answer before it has the whole request; what it answered was sent all the same.
      throw told is UnsentCancellation ? CancellationError() : told
    }
  }

  func cancel() {
    guard !exchange.eventLoop.inEventLoop else { return exchange.value.cancel() }
    exchange.eventLoop.execute { [exchange] in exchange.value.cancel() }
  }
}
