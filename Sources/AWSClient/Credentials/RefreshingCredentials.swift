import AWSWire
import Foundation
import Synchronization

/// Keeps the credentials of a provider and fetches new ones before they end, for any number of callers; see
/// ``CredentialRefresh``. A caller fetches in its own task, so nothing runs in the background.
final class RefreshingCredentials: CredentialProvider {
  private struct State {
    var refresh = CredentialRefresh()
    var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    var nextID: UInt64 = 0

    mutating func takeWaiting() -> [CheckedContinuation<Void, any Error>] {
      defer { waiting = [:] }
      return Array(waiting.values)
    }
  }

  private let source: any CredentialProvider
  private let now: @Sendable () -> Date
  private let state = Mutex(State())

  init(_ source: any CredentialProvider, now: @escaping @Sendable () -> Date = { Date() }) {
    self.source = source
    self.now = now
  }

  func credentials() async throws -> Credentials? {
    while true {
      try Task.checkCancellation()
      switch state.withLock({ $0.refresh.ask(at: now()) }) {
      case .serve(let credentials): return credentials
      case .fetch: return try await fetch()
      case .wait: try await wait()
      }
    }
  }

  /// New credentials, after AWS has said that these have ended.
  /// - Returns: nil if the source has no others.
  func renewed(after used: Credentials) async throws -> Credentials? {
    state.withLock { $0.refresh.refused(used, at: now()) }
    let fresh = try await credentials()
    return fresh == used ? nil : fresh
  }

  private func fetch() async throws -> Credentials {
    do {
      guard let found = try await source.credentials() else { throw AWSClientError(.credentials, "No AWS credentials.") }
      let time = now()
      if let end = found.expiration, end <= time {
        throw AWSClientError(
          .credentials,
          "The credentials that were found ended at \(AWSDate.iso8601(Int(end.timeIntervalSince1970))); sign in again, or set this machine's clock."
        )
      }
      let waiting = state.withLock { state in
        state.refresh.succeeded(found, at: time)
        return state.takeWaiting()
      }
      for one in waiting { one.resume() }
      return found
    } catch {
      return try failed(error)
    }
  }

  private func failed(_ error: any Error) throws -> Credentials {
    let isCancelled = error is CancellationError || Task.isCancelled
    let (old, waiting) = state.withLock { state in
      if isCancelled { state.refresh.abandoned() }
      return (isCancelled ? nil : state.refresh.failed(at: now()), state.takeWaiting())
    }
    for one in waiting {
      // They ask again, and are served or fetch themselves.
      if old != nil || isCancelled { one.resume() } else { one.resume(throwing: error) }
    }
    guard let old else { throw error }
    return old
  }

  private func wait() async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let isOver = state.withLock { state in
          if Task.isCancelled || !state.refresh.isFetching { return true }
          state.waiting[id] = continuation
          return false
        }
        // The caller's loop asks again, and finds out if it is cancelled.
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }
  }
}
