import AWSServer
import AWSWire
import BedrockQuotas
package import Foundation
import Synchronization

/// The increase requests of an account in all Regions, which share the limit of open requests.
package final class QuotaIncreaseRequests: Sendable {
  /// Open requests per account, and in each opt-in Region.
  ///
  /// Source: docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html.
  static let openMax = 20
  static let openMaxOfOptInRegion = 2
  /// The number of requests that are kept; a new one replaces the oldest closed one.
  static let keptMax = 1_000
  /// The history of ListRequestedServiceQuotaChangeHistory: 90 days.
  static let historySeconds: TimeInterval = 90 * 86_400

  struct Entry: Sendable {
    /// Increases with every request, so that page tokens stay valid after new ones.
    var sequence: Int
    var region: String
    var request: QuotaIncreaseRequest
    /// The quotas that an approval changes.
    let book: QuotaBook
  }

  private struct State: Sendable {
    var entries: [Entry] = []
    var nextSequence = 1
    var course = IncreaseCourse()
  }

  private let state = Mutex(State())

  package init() {}

  /// Files a request.
  /// - Throws: ``AWSFault`` if the quota has an open request, or the account has too many.
  func open(_ request: QuotaIncreaseRequest, region: String, book: QuotaBook) throws(AWSFault) {
    let refusal: AWSFault? = state.withLock { state in
      if let refusal = state.course.nextRefusal() { return refusal }
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
      if Facts.builtIn.optInRegions.contains(region), open.count(where: { $0.region == region }) >= Self.openMaxOfOptInRegion {
        return AWSFault(
          code: "QuotaExceededException",
          message:
            "You have exceeded your service quota: at most \(Self.openMaxOfOptInRegion) increase requests may be open in \(region)."
        )
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

  /// Changes the state of an open request, as AWS's staff does. `APPROVED` sets the quota's applied value.
  /// - Parameter status: any state but `PENDING`.
  /// - Returns: false if there is no such open request or no such state.
  package func decide(requestID: String, status: String, now: Date) -> Bool {
    guard let status = QuotaIncreaseRequest.Status(rawValue: status), status != .pending else { return false }
    let decided: Entry? = state.withLock { state in
      guard let index = state.entries.firstIndex(where: { $0.request.id == requestID && $0.request.status.isOpen }) else {
        return nil
      }
      state.entries[index].request.change(to: status, at: Self.seconds(now))
      return state.entries[index]
    }
    return decided.map(Self.carryOut) ?? false
  }

  /// Sets the value of an approved request, outside the lock, because this calls a listener.
  private static func carryOut(_ entry: Entry) -> Bool {
    guard entry.request.status == .approved else { return true }
    return entry.book.setValue(entry.request.desiredValue, of: entry.request.quotaCode)
  }

  // MARK: - The course that a test has set

  /// Sets what the next requests are answered, and what becomes of those that are filed.
  func setCourse(_ course: IncreaseCourse) { state.withLock { $0.course = course } }

  /// Takes the steps that are due; nothing unless a test has set some.
  func advance(to now: Date) {
    let seconds = Self.seconds(now)
    let decided: [Entry] = state.withLock { state in
      guard !state.course.steps.isEmpty else { return [] }
      var changed: [Entry] = []
      for index in state.entries.indices where state.entries[index].request.status.isOpen {
        let request = state.entries[index].request
        guard let status = state.course.status(ofAge: seconds - request.created), status != request.status else { continue }
        state.entries[index].request.change(to: status, at: seconds)
        changed.append(state.entries[index])
      }
      return changed
    }
    for entry in decided { _ = Self.carryOut(entry) }
  }

  /// Forgets the requests of a Region, or of all Regions.
  package func reset(region: String? = nil) {
    state.withLock { state in
      state.entries.removeAll { region == nil || $0.region == region }
      if region == nil { state.course = IncreaseCourse() }
    }
  }

  func request(_ id: String, region: String) -> QuotaIncreaseRequest? {
    state.withLock { state in state.entries.first { $0.region == region && $0.request.id == id }?.request }
  }

  /// A Region's requests, the newest first.
  func history(region: String) -> [Entry] {
    state.withLock { state in state.entries.reversed().filter { $0.region == region } }
  }

  /// Rounded to milliseconds, as in AWS's replies.
  static func seconds(_ date: Date) -> Double { (date.timeIntervalSince1970 * 1_000).rounded() / 1_000 }
}
