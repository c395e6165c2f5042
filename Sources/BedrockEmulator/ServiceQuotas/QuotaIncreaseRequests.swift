import AWSServer
import AWSWire
package import Foundation
import Synchronization

/// The increase requests of an account, of all its Regions: the limit on open ones spans them.
package final class QuotaIncreaseRequests: Sendable {
  /// Open requests per account. docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html; the 2 per Region
  /// that stand beside it are said of opt-in Regions, which the emulator doesn't tell from others.
  package static let openMax = 20
  /// Requests kept, closed ones included; the oldest closed one makes room for a new one.
  static let keptMax = 1_000
  /// ListRequestedServiceQuotaChangeHistory looks 90 days back.
  static let historySeconds: TimeInterval = 90 * 86_400

  struct Entry: Sendable {
    /// Grows with every request, so that a page token means the same after a new request.
    var sequence: Int
    var region: String
    var request: QuotaIncreaseRequest
    /// Where an approval goes.
    let book: QuotaBook
  }

  private struct State: Sendable {
    var entries: [Entry] = []
    var nextSequence = 1
  }

  private let state = Mutex(State())

  package init() {}

  /// Files a request, unless one on the same quota is open or too many are.
  func open(_ request: QuotaIncreaseRequest, region: String, book: QuotaBook) throws(AWSFault) {
    let refusal: AWSFault? = state.withLock { state in
      let open = state.entries.filter(\.request.status.isOpen)
      if open.contains(where: { $0.region == region && $0.request.quotaCode == request.quotaCode }) {
        return AWSFault(
          code: "ResourceAlreadyExistsException",
          message: "Only one open service quota increase request is allowed per quota.")
      }
      if open.count >= Self.openMax {
        return AWSFault(
          code: "QuotaExceededException",
          message: "You have exceeded your service quota: at most \(Self.openMax) increase requests may be open per account.")
      }
      if state.entries.count >= Self.keptMax, let oldest = state.entries.firstIndex(where: { !$0.request.status.isOpen }) {
        state.entries.remove(at: oldest)
      }
      state.entries.append(Entry(sequence: state.nextSequence, region: region, request: request, book: book))
      state.nextSequence += 1
      return nil
    }
    if let refusal { throw refusal }
  }

  /// What AWS's staff does: moves an open request on. `APPROVED` sets the quota's applied value.
  /// - Parameter status: of AWS's enum, all but `PENDING`.
  /// - Returns: false where there is no such request or status, or the request is closed already.
  package func decide(requestID: String, status: String, now: Date) -> Bool {
    guard let status = QuotaIncreaseRequest.Status(rawValue: status), status != .pending else { return false }
    let decided: Entry? = state.withLock { state in
      guard let index = state.entries.firstIndex(where: { $0.request.id == requestID && $0.request.status.isOpen }) else {
        return nil
      }
      state.entries[index].request.status = status
      state.entries[index].request.lastUpdated = Self.seconds(now)
      return state.entries[index]
    }
    guard let decided else { return false }
    // Outside the lock, for the book tells others.
    return status == .approved ? decided.book.setValue(decided.request.desiredValue, of: decided.request.quotaCode) : true
  }

  /// Forgets the requests of a Region, or of all of them.
  package func reset(region: String? = nil) {
    state.withLock { state in state.entries.removeAll { region == nil || $0.region == region } }
  }

  func request(_ id: String, region: String) -> QuotaIncreaseRequest? {
    state.withLock { state in state.entries.first { $0.region == region && $0.request.id == id }?.request }
  }

  /// A Region's requests, the newest first.
  func history(region: String) -> [Entry] {
    state.withLock { state in state.entries.reversed().filter { $0.region == region } }
  }

  /// To the millisecond, as AWS has them.
  static func seconds(_ date: Date) -> Double { (date.timeIntervalSince1970 * 1_000).rounded() / 1_000 }
}
