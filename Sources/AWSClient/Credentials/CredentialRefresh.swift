import AWSWire
import Foundation

/// Decides who fetches credentials, who waits for them and who goes on with the ones that are there.
///
/// | the credentials | the first caller | others, meanwhile |
/// |---|---|---|
/// | aren't there yet, or have ended | fetches | wait |
/// | end in 10 minutes | fetches | wait |
/// | end in 15 minutes | fetches | go on |
/// | last longer | goes on | go on |
///
/// The two windows are botocore's, and shorter for credentials that don't last an hour. A fetch that fails costs nobody anything
/// while the credentials last: they are served, and the next attempt waits for a moment. Once they have ended, those who waited
/// get the error, and the next caller tries again.
struct CredentialRefresh {
  enum Action: Equatable {
    case serve(Credentials)
    /// Fetch, and report with `succeeded`, `failed` or `abandoned`.
    case fetch
    /// Ask again when the fetch that is under way has ended.
    case wait
  }

  static let advisory: TimeInterval = 15 * 60
  static let mandatory: TimeInterval = 10 * 60
  /// The pause after a failure, in seconds.
  static let retryAfter: TimeInterval = 10

  private var current: Credentials?
  /// When `current` came.
  private var since = Date.distantPast
  /// Whether AWS has refused `current`.
  private var isRefused = false
  private var retryAt = Date.distantPast
  private(set) var isFetching = false

  /// A caller needs credentials.
  mutating func ask(at now: Date) -> Action {
    if let current, let action = serving(current, at: now) { return action }
    if isFetching { return .wait }
    isFetching = true
    return .fetch
  }

  /// Whether the credentials that are there do; nil if not.
  private func serving(_ current: Credentials, at now: Date) -> Action? {
    guard !isRefused else { return nil }
    guard let end = current.expiration else { return .serve(current) }
    let (left, lifetime) = (end.timeIntervalSince(now), end.timeIntervalSince(since))
    guard left > 0 else { return nil }
    if left > min(Self.advisory, lifetime / 2) { return .serve(current) }
    if isFetching { return left > min(Self.mandatory, lifetime / 3) ? .serve(current) : nil }
    return now < retryAt ? .serve(current) : nil
  }

  mutating func succeeded(_ credentials: Credentials, at now: Date) {
    // The source has no others, so the next refusals are no reason to ask it again at once.
    let isSame = isRefused && credentials == current
    (current, since, isRefused, isFetching) = (credentials, now, false, false)
    retryAt = isSame ? now + Self.retryAfter : .distantPast
  }

  /// - Returns: the credentials that go on; nil if there are none, so that the failure is everybody's.
  mutating func failed(at now: Date) -> Credentials? {
    isFetching = false
    guard let current, !isRefused, let end = current.expiration, end > now else { return nil }
    retryAt = now + Self.retryAfter
    return current
  }

  /// The caller that fetched went away; another one may fetch.
  mutating func abandoned() { isFetching = false }

  /// AWS says that these credentials have ended.
  mutating func refused(_ credentials: Credentials, at now: Date) {
    if current == credentials, now >= retryAt { isRefused = true }
  }
}
