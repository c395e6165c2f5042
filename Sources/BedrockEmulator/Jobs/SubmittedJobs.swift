import AWSServer
import AWSWire
import Synchronization

/// The jobs of one kind in one Region, in the order of their submission. It keeps the last ``keptMax`` of those that have ended.
final class SubmittedJobs<Job: SubmittedJob>: Sendable {
  static var keptMax: Int { 1_000 }

  private struct State {
    var jobs: [Job] = []
    /// Ids by the tokens that clients sent, with a hash of what they sent with it.
    var requests: [String: (id: String, body: UInt64)] = [:]
    var count = 0
  }

  private let kind: String
  /// Called with each job that is no longer kept.
  private let onForget: @Sendable (Job) -> Void
  private let state = Mutex(State())

  /// - Parameter kind: as in the ARNs: `async-invoke`.
  init(kind: String, onForget: @escaping @Sendable (Job) -> Void = { _ in }) {
    self.kind = kind
    self.onForget = onForget
  }

  var all: [Job] { state.withLock(\.jobs) }

  /// The job with this id or ARN.
  func find(_ reference: String) -> Job? { state.withLock { $0.jobs.first { $0.id == reference || $0.arn == reference } } }

  /// Adds a job, unless the same token has made one before.
  /// - Parameters:
  ///   - body: a hash of the request.
  ///   - isFull: refuses the job after a look at all others.
  ///   - make: gets its number and id.
  ///   - onRefusal: called after `isFull` has refused it.
  /// - Throws: what `isFull` returns; `ConflictException` if the token was sent with another request.
  func add(
    token: String?, body: UInt64, isFull: ([Job]) -> AWSFault? = { _ in nil }, _ make: (Int, String) -> Job,
    onRefusal: () -> Void = {}
  ) throws(AWSFault) -> Job {
    var isRefused = false
    defer { if isRefused { onRefusal() } }
    return try state.withLock { state throws(AWSFault) -> Job in
      if let request = token.flatMap({ state.requests[$0] }), let job = state.jobs.first(where: { $0.id == request.id }) {
        guard request.body == body else {
          throw AWSFault(
            code: "ConflictException", message: "The clientRequestToken was sent before, with another request.", status: 400)
        }
        return job
      }
      if let refusal = isFull(state.jobs) {
        isRefused = true
        throw refusal
      }
      state.count += 1
      let job = make(state.count, ResourceID.make(UInt64(state.count), kind: kind))
      state.jobs.append(job)
      if let token { state.requests[token] = (job.id, body) }
      if state.jobs.count > Self.keptMax, let oldest = state.jobs.firstIndex(where: \.isOver) {
        let gone = state.jobs.remove(at: oldest)
        state.requests = state.requests.filter { $0.value.id != gone.id }
        onForget(gone)
      }
      return job
    }
  }

  /// Changes a job.
  /// - Returns: what `change` returns; nil if the job was forgotten.
  @discardableResult
  func update<Output>(_ id: String, _ change: (inout Job) -> Output) -> Output? where Output: Sendable {
    state.withLock { state in
      guard let index = state.jobs.firstIndex(where: { $0.id == id }) else { return nil }
      return change(&state.jobs[index])
    }
  }

  /// Changes a job if all jobs together allow it.
  /// - Returns: whether they do; nil if the job was forgotten.
  func update(_ id: String, if isAllowed: ([Job]) -> Bool, _ change: (inout Job) -> Void) -> Bool? {
    state.withLock { state in
      guard let index = state.jobs.firstIndex(where: { $0.id == id }) else { return nil }
      guard isAllowed(state.jobs) else { return false }
      change(&state.jobs[index])
      return true
    }
  }

  /// Forgets all jobs. Numbers go on, so that work on a forgotten job finds none.
  func reset() {
    state.withLock { state in
      state.jobs = []
      state.requests = [:]
    }
  }
}

protocol SubmittedJob: Sendable {
  var id: String { get }
  var arn: String { get }
  /// Whether it has ended, in any way.
  var isOver: Bool { get }
}
