import BedrockQuotas
public import Foundation

/// A stretch of time, cut into the periods over which CloudWatch sums.
public struct UsageWindow: Sendable, Equatable {
  /// Unix seconds, inclusive; a multiple of the period.
  package let startSeconds: Int
  /// Unix seconds, exclusive; a whole number of periods after the start.
  package let endSeconds: Int
  /// 60 or a multiple of it.
  package let periodSeconds: Int
  /// Unix seconds: when the window was made. A period that ends later is unfinished.
  package let nowSeconds: Int

  /// How long CloudWatch keeps periods of a length: 60 s for 15 days, 300 s for 63 days, 3,600 s for 455 days.
  ///
  /// Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html, "Metrics retention".
  package static let retention: [(period: Int, days: Int)] = [(60, 15), (300, 63), (3_600, 455)]
  /// The longest period, in seconds: a day.
  package static let periodMax = 86_400
  /// CloudWatch's retention, in days.
  public static let daysMax = 455

  /// - Parameters:
  ///   - start: inclusive, at most 455 days ago.
  ///   - end: exclusive; nil or a time in the future: now.
  ///   - period: a multiple of a minute, up to a day; nil: the shortest that CloudWatch still keeps for the whole window.
  ///   - now: the time that `start` and `end` are compared with.
  /// - Throws: ``BedquotaError`` (`window`) for a window that is empty, starts in the future or is older than CloudWatch's
  ///   retention, and for a period that CloudWatch doesn't keep that long.
  public init(start: Date, end: Date? = nil, period: Duration? = nil, now: Date = Date()) throws {
    try self.init(start: start, end: end, periodSeconds: period.map { Int($0.components.seconds) }, now: now)
  }

  /// - Parameter periodSeconds: as of ``init(start:end:period:now:)``, in seconds.
  package init(start: Date, end: Date? = nil, periodSeconds: Int?, now: Date = Date()) throws {
    let nowSeconds = Self.seconds(now, .up)
    let first = Self.seconds(start, .down)
    let last = min(end.map { Self.seconds($0, .down) } ?? nowSeconds, nowSeconds)
    guard first < nowSeconds else { throw BedquotaError(.window, "The start lies in the future.", parameters: ["start"]) }
    guard first < last else { throw BedquotaError(.window, "The start must lie before the end.", parameters: ["start", "end"]) }
    let shortest = try Self.shortestPeriod(startingAt: first, now: nowSeconds)
    if let periodSeconds { try Self.check(periodSeconds, shortest: shortest) }
    let period = periodSeconds ?? shortest
    self.periodSeconds = period
    self.nowSeconds = nowSeconds
    startSeconds = first / period * period
    endSeconds = (last + period - 1) / period * period
  }

  /// The part of a window from a time on.
  /// - Parameters:
  ///   - start: Unix seconds.
  ///   - end: Unix seconds, exclusive.
  /// - Returns: nil if no period of the window lies in between.
  func narrowed(from start: Int, to end: Int) -> UsageWindow? {
    let first = max(0, (start - startSeconds + periodSeconds - 1) / periodSeconds)
    let last = min(count, (end - startSeconds) / periodSeconds)
    return first < last ? UsageWindow(self, periods: first..<last) : nil
  }

  private init(_ window: UsageWindow, periods: Range<Int>) {
    (periodSeconds, nowSeconds) = (window.periodSeconds, window.nowSeconds)
    startSeconds = window.seconds(of: periods.lowerBound)
    endSeconds = window.seconds(of: periods.upperBound)
  }

  /// The last hours.
  /// - Parameters:
  ///   - hours: above 0, at most 10,920 (455 days).
  ///   - period: as of ``init(start:end:period:now:)``.
  ///   - now: the end of the window.
  /// - Throws: ``BedquotaError`` (`window`).
  public init(hours: Double, period: Duration? = nil, now: Date = Date()) throws {
    try self.init(hours: hours, periodSeconds: period.map { Int($0.components.seconds) }, now: now)
  }

  /// - Parameters:
  ///   - end: the end of the hours; nil: now.
  ///   - periodSeconds: as of ``init(start:end:period:now:)``, in seconds.
  package init(hours: Double, until end: Date? = nil, periodSeconds: Int?, now: Date = Date()) throws {
    guard hours.isFinite, hours > 0, hours <= Double(Self.daysMax * 24) else {
      throw BedquotaError(
        .window, "Hours must be above 0 and at most \(Self.daysMax * 24), CloudWatch's retention.", parameters: ["hours"])
    }
    if let end {
      try self.init(start: end - hours * 3_600, end: end, periodSeconds: periodSeconds, now: now)
      return
    }
    // The window ends with the current minute, so that an hour has sixty minutes; it never has less than that minute.
    let last = (now.timeIntervalSince1970 / 60).rounded(.up) * 60
    try self.init(
      start: Date(timeIntervalSince1970: min(last - hours * 3_600, last - 60)), periodSeconds: periodSeconds, now: now)
  }

  /// Whole Unix seconds, within limits that leave room for calculating with them.
  private static func seconds(_ date: Date, _ rule: FloatingPointRoundingRule) -> Int {
    min(max(Int(saturating: date.timeIntervalSince1970.rounded(rule)), -1_000_000_000_000_000), 1_000_000_000_000_000)
  }

  private static func shortestPeriod(startingAt start: Int, now: Int) throws -> Int {
    // A minute of grace, because time passes between the caller's "455 days ago" and this.
    let age = now - start - 60
    guard let shortest = retention.first(where: { age <= $0.days * 86_400 }) else {
      throw BedquotaError(
        .window, "CloudWatch keeps metrics for \(daysMax) days; the start lies before that.", parameters: ["start", "hours"])
    }
    return shortest.period
  }

  private static func check(_ period: Int, shortest: Int) throws {
    guard period >= 60, period.isMultiple(of: 60), period <= periodMax else {
      throw BedquotaError(
        .window, "A period is 60 seconds or a multiple of it, up to \(periodMax).", parameters: ["period"])
    }
    guard period.isMultiple(of: shortest) else {
      throw BedquotaError(
        .window,
        "CloudWatch no longer has periods of \(period) seconds for that start; use \(shortest) or a multiple of it, or a later start."
      )
    }
  }
}

extension UsageWindow {
  /// When the first period begins.
  public var start: Date { Date(timeIntervalSince1970: Double(startSeconds)) }
  /// When the last period ends; it may be unfinished.
  public var end: Date { Date(timeIntervalSince1970: Double(endSeconds)) }
  /// The length of a period.
  public var period: Duration { .seconds(periodSeconds) }
  /// The number of periods.
  public var count: Int { (endSeconds - startSeconds) / periodSeconds }

  /// When a period begins.
  /// - Parameter index: from 0, the first period.
  public func time(of index: Int) -> Date { Date(timeIntervalSince1970: Double(seconds(of: index))) }

  /// When a period begins, in Unix seconds.
  package func seconds(of index: Int) -> Int { startSeconds + index * periodSeconds }

  /// The average per minute of each period's sum: the one rule for tables, charts and pages.
  ///
  /// The sum of an unfinished period is divided by the time that has passed, at least a minute.
  /// - Parameter sums: one for each period, NaN if unknown.
  package func perMinute(_ sums: [Double]) -> [Double] { sums.indices.map { perMinute(sums[$0], at: $0) } }

  /// The average per minute of one period's sum.
  package func perMinute(_ sum: Double, at index: Int) -> Double {
    sum * (60 / Double(max(60, min(periodSeconds, nowSeconds - seconds(of: index)))))
  }

  /// A warning that periods of more than a minute hide busier minutes; nil for periods of a minute.
  public var periodNote: String? {
    guard periodSeconds > 60 else { return nil }
    return "Figures per minute are averages of \(periodSeconds / 60) minutes: a busier minute within doesn't show."
  }
}
