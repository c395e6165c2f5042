import AWSServer
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

struct DisconnectWatchTests {
  private final class Count: Sendable {
    private let calls = Atomic(0)
    func add() { calls.add(1, ordering: .relaxed) }
    var value: Int { calls.load(ordering: .relaxed) }
  }

  private static func connection() throws -> (EmbeddedChannel, DisconnectWatch) {
    let watch = DisconnectWatch()
    return (EmbeddedChannel(handler: watch), watch)
  }

  /// A client that closes only its own side has left as well: AWS's clients do that when they give up.
  @Test(arguments: [true, false]) func whoeverLeavesIsReportedOnce(closesOneSide: Bool) throws {
    let (channel, watch) = try Self.connection()
    let (kept, dropped, late) = (Count(), Count(), Count())
    _ = watch.watch { kept.add() }
    watch.forget(watch.watch { dropped.add() })
    #expect(kept.value == 0)
    if closesOneSide { channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    _ = try channel.finish()
    #expect(kept.value == 1 && dropped.value == 0)
    _ = watch.watch { late.add() }
    #expect(late.value == 1, "who asks after the client has left is told at once")
  }

  @Test func otherEventsMeanNothing() throws {
    let (channel, watch) = try Self.connection()
    let count = Count()
    _ = watch.watch { count.add() }
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
    #expect(count.value == 0)
    _ = try channel.finish()
  }
}
