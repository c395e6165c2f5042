import Foundation
import Testing

@testable import Bedquota

/// The order in which results are written.
struct ResultOrderTests {
  private static func result(_ index: Int) -> BatchResult {
    BatchResult(key: RecordKey(id: UInt64(index), body: 0), line: Data("\(index)\n".utf8))
  }

  @Test(
    arguments: [
      ([0, 1, 2], [[0], [1], [2]]), ([2, 1, 0], [[], [], [0, 1, 2]]), ([1, 0, 3, 2], [[], [0, 1], [], [2, 3]]), ([1], [[]]),
    ])
  func inTheOrderOfTheInput(arrivals: [Int], written: [[Int]]) {
    var order = ResultOrder(isOrdered: true)
    #expect(arrivals.map { order.arrived(Self.result($0), position: $0).map(\.position) } == written)
  }

  @Test func asTheyCome() {
    var order = ResultOrder(isOrdered: false)
    #expect([2, 0, 1].map { order.arrived(Self.result($0), position: $0).map(\.result?.key.id) } == [[2], [0], [1]])
    #expect(!order.isWaiting(2))
  }

  /// A record that is left for another run holds nobody up.
  @Test func whatIsLeftIsPassedOver() {
    var order = ResultOrder(isOrdered: true)
    #expect(order.arrived(Self.result(1), position: 1).isEmpty)
    #expect(order.arrived(nil, position: 0).map(\.result) == [nil, Self.result(1)])
  }

  @Test func whatIsEarlyWaits() {
    var order = ResultOrder(isOrdered: true)
    _ = order.arrived(Self.result(1), position: 1)
    #expect(order.isWaiting(1) && !order.isWaiting(0))
    _ = order.arrived(Self.result(0), position: 0)
    #expect(!order.isWaiting(1))
  }
}
