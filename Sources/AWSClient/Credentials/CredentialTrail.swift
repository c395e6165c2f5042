import Synchronization

/// What the last search for credentials looked at, in order. It holds no secret.
package final class CredentialTrail: Sendable {
  /// One place that was asked.
  package struct Step: Sendable, Equatable {
    /// What came of it.
    package enum Finding: String, Sendable {
      case found, nothing, failed
    }

    /// The kind of source, with the name that `aws configure list` shows.
    package var source: CredentialSource
    /// Where it looked, such as a profile and its setting.
    package var place: String
    package var finding: Finding
    /// How many roles lie between these credentials and those that sign calls.
    package var depth: Int
  }

  private struct State {
    var steps: [Step] = []
    var logged = 0
  }

  private let state = Mutex(State())

  init() {}

  package var steps: [Step] { state.withLock { $0.steps } }

  /// The source of the credentials that sign calls, once it is found.
  package var source: Step? { steps.last { $0.depth == 0 && $0.finding == .found } }

  func begin() { state.withLock { $0 = State() } }

  func add(_ step: Step) { state.withLock { $0.steps.append(step) } }

  /// The steps that nobody has logged yet.
  func takeUnlogged() -> ArraySlice<Step> {
    state.withLock { state in
      defer { state.logged = state.steps.count }
      return state.steps[min(state.logged, state.steps.count)...]
    }
  }
}
