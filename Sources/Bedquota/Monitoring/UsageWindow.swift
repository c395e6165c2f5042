public import Foundation

/// A stretch of time, cut into the periods that CloudWatch adds up.
public struct UsageWindow: Sendable, Equatable {
  /// Unix seconds, inclusive; a multiple of ``period``.
  public let start: Int
  /// Unix seconds, exclusive; a multiple of ``period`` away from ``start``.
  public let end: Int
  /// Seconds: 60 or a multiple of it.
  public let period: Int
  /// When it was asked.
  public let now: Int

  /// How long CloudWatch keeps periods of so many seconds: 60 for 15 days, 300 for 63 days, 3,600 for 455 days.
  ///
  /// Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html, "Metrics retention".
  public static let retention: [(period: Int, days: Int)] = [(60, 15), (300, 63), (3_600, 455)]
  public static let periodMax = 86_400
  public static let daysMax = 455

  /// - Parameters:
  ///   - start: inclusive, at most 455 days ago.
  ///   - end: exclusive; one in the future is now.
  ///   - period: seconds; nil: the shortest that CloudWatch still keeps for all of it.
  /// - Throws: ``BedquotaError`` (`window`) for a stretch of no length, of the future, of before CloudWatch's memory, and for a
  ///   period that CloudWatch doesn't keep for so long.
  public init(start: Date, end: Date? = nil, period: Int? = nil, now: Date = Date()) throws {
    let nowSeconds = Int(now.timeIntervalSince1970.rounded(.up))
    let first = Self.seconds(start)
    let last = min(end.map(Self.seconds) ?? nowSeconds, nowSeconds)
    guard first < nowSeconds else { throw BedquotaError(.window, "The start lies in the future.") }
    guard first < last else { throw BedquotaError(.window, "The start must lie before the end.") }
    // A minute of grace, for "455 days ago" was said a moment before.
    let age = nowSeconds - first - 60
    guard let shortest = Self.retention.first(where: { age <= $0.days * 86_400 }) else {
      throw BedquotaError(.window, "CloudWatch keeps metrics for \(Self.daysMax) days; the start lies before that.")
    }
    if let period {
      guard period >= 60, period.isMultiple(of: 60), period <= Self.periodMax else {
        throw BedquotaError(.window, "A period is 60 seconds or a multiple of it, up to \(Self.periodMax).")
      }
      guard period.isMultiple(of: shortest.period) else {
        throw BedquotaError(
          .window,
          "CloudWatch no longer has periods of \(period) seconds for that start; use \(shortest.period) or a multiple of it, or a later start."
        )
      }
    }
    self.period = period ?? shortest.period
    self.now = nowSeconds
    self.start = first / self.period * self.period
    self.end = (last + self.period - 1) / self.period * self.period
  }

  /// The last hours.
  /// - Parameter hours: above 0, at most 10,920 (455 days).
  public init(hours: Double, period: Int? = nil, now: Date = Date()) throws {
    guard hours.isFinite, hours > 0, hours <= Double(Self.daysMax * 24) else {
      throw BedquotaError(.window, "Hours go from above 0 to \(Self.daysMax * 24), which is CloudWatch's memory.")
    }
    // From the end of the current minute, so that an hour has sixty of them.
    let end = (now.timeIntervalSince1970 / 60).rounded(.up) * 60
    // Never less than the current minute, though it has only begun.
    try self.init(start: Date(timeIntervalSince1970: min(end - hours * 3_600, end - 60)), period: period, now: now)
  }

  private static func seconds(_ date: Date) -> Int { Int(clamping: date.timeIntervalSince1970) }

  /// How many periods it has.
  public var count: Int { (end - start) / period }

  /// When a period begins.
  public func time(of index: Int) -> Int { start + index * period }

  /// The factor from a period's sum to an average per minute: of a period that is not over yet, as far as it has come.
  package func perMinute(_ index: Int) -> Double { 60 / Double(max(60, min(period, now - time(of: index)))) }

  /// Why the periods are as long as they are, where they are longer than a minute.
  public var periodNote: String? {
    guard period > 60 else { return nil }
    return "Figures per minute are averages of \(period / 60) minutes: a busier minute within doesn't show."
  }
}

extension Int {
  fileprivate init(clamping value: Double) {
    self = value.isFinite ? Int(Swift.min(Swift.max(value.rounded(.down), -1e15), 1e15)) : 0
  }
}
