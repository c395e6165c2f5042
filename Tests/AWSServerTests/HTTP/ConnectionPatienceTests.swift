import AWSServer
import NIOCore
import Testing

struct ConnectionPatienceTests {
  private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  /// Seconds after the connection.
  private static func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

  private func patience(_ change: (inout ConnectionPatience) -> Void = { _ in }) -> ConnectionPatience {
    var patience = ConnectionPatience(.init(), at: Self.start)
    change(&patience)
    return patience
  }

  @Test func aSilentClientHasUntilTheFirstHead() { #expect(patience().deadline == Self.at(15)) }

  @Test func aBodyMustKeepComingAndEnd() {
    var patience = patience { $0.receivedHead(at: Self.at(10)) }
    #expect(patience.deadline == Self.at(25))
    for second in stride(from: Int64(20), through: 120, by: 10) { patience.receivedBody(at: Self.at(second)) }
    #expect(patience.deadline == Self.at(130), "a body that trickles has two minutes")
    patience.receivedEnd()
    #expect(patience.deadline == nil)
  }

  @Test func aClientMayWaitForItsReplyAsLongAsItLikes() {
    let patience = patience {
      $0.receivedHead(at: Self.at(1))
      $0.receivedEnd()
    }
    #expect(patience.deadline == nil)
  }

  @Test func allOfARequestHasItsTime() {
    var limits = ConnectionPatience.Limits()
    limits.request = .seconds(100)
    var patience = ConnectionPatience(limits, at: Self.start)
    patience.receivedHead(at: Self.at(10))
    #expect(patience.deadline == Self.at(25))
    for second in stride(from: Int64(20), through: 100, by: 10) { patience.receivedBody(at: Self.at(second)) }
    #expect(patience.deadline == Self.at(110), "its body takes of it")
    patience.receivedEnd()
    #expect(patience.deadline == Self.at(110), "and so does its reply")
    patience.changed(isWritable: false, at: Self.at(20))
    #expect(patience.deadline == Self.at(80), "one that nobody reads has less")
    patience.changed(isWritable: true, at: Self.at(30))
    patience.sentEnd(at: Self.at(40))
    #expect(patience.deadline == Self.at(100), "then the connection is idle")
    patience.receivedHead(at: Self.at(90))
    patience.receivedEnd()
    #expect(patience.deadline == Self.at(190), "the next has its own")
  }

  @Test func afterAReplyTheConnectionIsIdle() {
    var patience = patience {
      $0.receivedHead(at: Self.at(1))
      $0.receivedEnd()
      $0.sentEnd(at: Self.at(5))
    }
    #expect(patience.deadline == Self.at(65))
    patience.receivedHead(at: Self.at(60))
    #expect(patience.deadline == Self.at(75), "the next request")
  }

  @Test func aReplyToAnEarlyRequestLeavesTheLaterOneOpen() {
    let patience = patience {
      $0.receivedHead(at: Self.at(1))
      $0.receivedEnd()
      $0.receivedHead(at: Self.at(2))
      $0.receivedEnd()
      $0.sentEnd(at: Self.at(3))
    }
    #expect(patience.deadline == nil)
  }

  @Test func aReplyThatNobodyReadsHasAMinute() {
    var patience = patience {
      $0.receivedHead(at: Self.at(1))
      $0.receivedEnd()
      $0.changed(isWritable: false, at: Self.at(2))
      $0.changed(isWritable: false, at: Self.at(30))
    }
    #expect(patience.deadline == Self.at(62))
    patience.changed(isWritable: true, at: Self.at(40))
    #expect(patience.deadline == nil)
  }
}
