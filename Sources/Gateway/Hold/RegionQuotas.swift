import AWSClient
import Bedquota
import BedrockQuotas
import Foundation

/// What is known of an account in one Region.
struct RegionQuotas: Sendable {
  /// How long a reading counts.
  static let lifetime = Duration.seconds(3_600)
  /// How long a failed reading is not tried again.
  static let retryInterval = Duration.seconds(30)

  var session: BedquotaSession
  var context: QuotaContext
  /// When the quotas were read; nil: they never were.
  var readAt: Date?
  /// When they are to be read again.
  var dueAt: Duration
  /// Why the last reading brought no quotas, in a sentence; nil if it did.
  var problem: String?

  /// Nothing is known but what the ids say.
  init(unread session: BedquotaSession, region: String) {
    self.session = session
    context = QuotaContext(inventory: QuotaInventory(region: region, quotas: []), catalog: .empty)
    dueAt = .zero
  }

  /// AWS answered. If it denied the quotas, the Region works without them.
  mutating func read(_ context: QuotaContext, at now: Duration, date: Date) {
    dueAt = now + Self.lifetime
    if let denied = context.quotasProblem {
      problem = "AWS doesn't give the quotas of \(context.inventory.region), so limits are learnt from replies: \(denied.message)"
      // Older quotas are better than none.
      if readAt != nil { return }
    } else {
      problem = nil
      readAt = date
    }
    self.context = context
  }

  /// The quotas could not be read.
  mutating func failed(_ error: any Error, at now: Duration) {
    dueAt = now + Self.retryInterval
    let reason = (error as? AWSClientError)?.message ?? "\(error)"
    problem =
      readAt == nil
      ? "The quotas of \(context.inventory.region) can't be read now, so limits are learnt from replies until they can: \(reason)"
      : "The quotas of \(context.inventory.region) can't be read again now, so the last known ones count: \(reason)"
  }
}
