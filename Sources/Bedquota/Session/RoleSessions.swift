package import AWSWire
import Synchronization

/// The sessions of one role, one for each caller, whose name it has. Their number is bounded: the one that was used the longest ago is
/// forgotten, and its caller gets another when it comes back.
package final class RoleSessions: Sendable {
  private struct Entry: Sendable {
    var session: BedquotaSession
    var usedAt: UInt64
  }

  private struct State: Sendable {
    var entries: [String: Entry] = [:]
    var uses: UInt64 = 0
  }

  private let source: BedquotaSession
  private let role: AssumeRoleInput
  private let name: RoleSessionName
  private let sessionsMax: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - source: assumes the role.
  ///   - sessionsMax: the most that are kept, 1 or more; by default as many as a gateway may have keys.
  package init(_ source: BedquotaSession, role: AssumeRoleInput, name: RoleSessionName, sessionsMax: Int = 10_000) {
    (self.source, self.role, self.name, self.sessionsMax) = (source, role, name, max(sessionsMax, 1))
  }

  /// The session of a caller. STS is asked when it first calls AWS, once for all who wait.
  /// - Parameter caller: two callers of the same name are one.
  package func session(of caller: String) -> BedquotaSession {
    state.withLock { state in
      state.uses += 1
      if let known = state.entries[caller]?.session {
        state.entries[caller]?.usedAt = state.uses
        return known
      }
      if state.entries.count >= sessionsMax, let oldest = state.entries.min(by: { $0.value.usedAt < $1.value.usedAt }) {
        state.entries[oldest.key] = nil
      }
      var role = role
      role.sessionName = name.name(of: caller)
      let session = source.assuming(role)
      state.entries[caller] = Entry(session: session, usedAt: state.uses)
      return session
    }
  }

  /// Sessions that are kept.
  package var count: Int { state.withLock { $0.entries.count } }
}
