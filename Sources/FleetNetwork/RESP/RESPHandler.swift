import FleetStore
import NIOCore
import Synchronization

/// Sends commands and gives each reply to the command that it answers. It lives on its channel's event loop.
///
/// A command whose time is over fails, and its reply is dropped when it comes, so that one slow answer doesn't cost the connection.
/// A server that sends nothing at all for ``silenceMax`` while commands wait is taken for dead, and so is one that owes an answer
/// for ``lateMax``, whatever else it sends.
final class RESPHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private struct Pending {
    /// Fulfilled or failed once; a second time has no effect, because the timeout is cancelled or the entry is gone.
    var promise: EventLoopPromise<RESPValue>?
    var timeout: Scheduled<Void>?
    /// Identifies the entry.
    var number: Int
    var sentAt: NIODeadline
  }

  /// Commands that may wait for replies at once.
  private static let pendingMax = 256
  /// How late an answer may come.
  private static let lateMax = TimeAmount.seconds(5)

  /// Whether the connection has ended, for other threads. A channel with TLS stays active while it says goodbye.
  final class End: Sendable {
    fileprivate let flag = Atomic(false)
    var hasCome: Bool { flag.load(ordering: .acquiring) }
  }

  let connectionEnd = End()
  private let loop: any EventLoop
  private let silenceMax: TimeAmount
  private var parser = RESPParser()
  private var pending = CircularBuffer<Pending>()
  private var context: ChannelHandlerContext?
  private var sent = 0
  private var silence: Scheduled<Void>?
  private var failure: FleetStoreError?

  /// - Parameter silenceMax: how long a server may send nothing while commands wait.
  init(loop: any EventLoop, silenceMax: TimeAmount = .seconds(2)) { (self.loop, self.silenceMax) = (loop, silenceMax) }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Sends commands without any other command between them.
  /// - Returns: a reply for each.
  func send(_ commands: [RESPCommand], timeout: TimeAmount) -> [EventLoopFuture<RESPValue>] {
    if let first = pending.first, loop.now - first.sentAt > Self.lateMax { end(.noAnswer) }
    guard let context, context.channel.isActive, failure == nil else { return failed(commands, failure ?? .connectionLost) }
    guard pending.count + commands.count <= Self.pendingMax else { return failed(commands, .tooManyCommands) }
    var buffer = context.channel.allocator.buffer(capacity: 1_024)
    let futures = commands.map { command in
      command.write(to: &buffer)
      return enqueue(timeout: timeout, context)
    }
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    watch(context)
    return futures
  }

  private func failed(_ commands: [RESPCommand], _ error: FleetStoreError) -> [EventLoopFuture<RESPValue>] {
    commands.map { _ in loop.makeFailedFuture(error) }
  }

  private func enqueue(timeout: TimeAmount, _ context: ChannelHandlerContext) -> EventLoopFuture<RESPValue> {
    sent += 1
    let number = sent
    let promise = context.eventLoop.makePromise(of: RESPValue.self)
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    let scheduled = context.eventLoop.scheduleTask(in: timeout) { this.value.expire(number) }
    pending.append(Pending(promise: promise, timeout: scheduled, number: number, sentAt: loop.now))
    return promise.futureResult
  }

  private func expire(_ number: Int) {
    guard let index = pending.firstIndex(where: { $0.number == number }) else { return }
    pending[index].promise?.fail(FleetStoreError.noAnswer)
    pending[index].promise = nil
  }

  private func watch(_ context: ChannelHandlerContext) {
    guard silence == nil, !pending.isEmpty else { return }
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    silence = context.eventLoop.scheduleTask(in: silenceMax) { this.value.end(.noAnswer) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    silence?.cancel()
    silence = nil
    var bytes = unwrapInboundIn(data)
    guard failure == nil else { return }
    parser.append(&bytes)
    do throws(RESPFailure) {
      while let value = try parser.next() { receive(value) }
    } catch {
      end(.notRESP(error.reason))
    }
    watch(context)
  }

  private func receive(_ value: RESPValue) {
    if case .push = value { return }
    guard let first = pending.popFirst() else { return end(.notRESP("a reply has no command")) }
    first.timeout?.cancel()
    first.promise?.succeed(value)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(.connectionLost)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.connection(error)) }

  /// Fails everything that waits, and closes.
  func end(_ error: FleetStoreError) {
    let error = failure ?? error
    failure = error
    connectionEnd.flag.store(true, ordering: .releasing)
    silence?.cancel()
    while let first = pending.popFirst() {
      first.timeout?.cancel()
      first.promise?.fail(error)
    }
    context?.close(promise: nil)
  }
}
