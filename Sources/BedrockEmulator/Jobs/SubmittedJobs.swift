import AWSServer
import AWSWire
import Synchronization

/// The jobs of one kind in one Region, in the order of their submission. If there are ``jobsMax`` already, a new one takes the place
/// of the oldest that has ended, and is refused if none has.
final class SubmittedJobs<Job: SubmittedJob>: Sendable {
  static var jobsMax: Int { 1_000 }

  private struct State {
    var jobs: [Job] = []
    /// By the tokens that clients sent: the id of the job that each has made, and a hash of the request.
    var requests: [String: (id: String, digest: UInt64)] = [:]
    var count = 0
  }

  private let account: EmulatedAccount
  private let tags: ResourceTags
  private let state = Mutex(State())

  /// - Parameter tags: forget those of a job with it.
  init(_ account: EmulatedAccount, tags: ResourceTags) {
    self.account = account
    self.tags = tags
  }

  var all: [Job] { state.withLock(\.jobs) }

  /// The job with this id or ARN.
  func find(_ reference: String) -> Job? { state.withLock { $0.jobs.first { $0.id == reference || $0.arn == reference } } }

  /// Adds a job, unless the same token has made one before.
  /// - Parameters:
  ///   - body: of the request.
  ///   - isFull: refuses the job after a look at all others.
  ///   - make: gets its number, id and ARN.
  ///   - onRefusal: called after `isFull` has refused it.
  /// - Returns: the job, and whether this request has made it.
  /// - Throws: what `isFull` returns; `ServiceQuotaExceededException` if ``jobsMax`` jobs haven't ended; `ConflictException` if
  ///   the token was sent with another request.
  func add(
    token: String?, body: some Sequence<UInt8>, isFull: ([Job]) -> AWSFault?,
    _ make: (_ number: Int, _ id: String, _ arn: String) -> Job, onRefusal: () -> Void = {}
  ) throws(AWSFault) -> (job: Job, isNew: Bool) {
    var hash = FNV1a()
    hash.add(body)
    let digest = hash.value
    var isRefused = false
    defer { if isRefused { onRefusal() } }
    return try state.withLock { state throws(AWSFault) -> (job: Job, isNew: Bool) in
      if let request = token.flatMap({ state.requests[$0] }), let job = state.jobs.first(where: { $0.id == request.id }) {
        guard request.digest == digest else {
          throw AWSFault(
            code: "ConflictException", message: "The clientRequestToken was sent before, with another request.", status: 400)
        }
        return (job, false)
      }
      let oldest = state.jobs.firstIndex(where: \.isOver)
      guard state.jobs.count < Self.jobsMax || oldest != nil else {
        throw AWSFault(
          code: "ServiceQuotaExceededException",
          message: "The emulator works on at most \(Self.jobsMax) jobs of this kind in a Region.", status: 400)
      }
      if let refusal = isFull(state.jobs) {
        isRefused = true
        throw refusal
      }
      if state.jobs.count >= Self.jobsMax, let oldest {
        let gone = state.jobs.remove(at: oldest)
        state.requests = state.requests.filter { $0.value.id != gone.id }
        tags.removeAll(from: gone.arn)
      }
      state.count += 1
      let id = ResourceID.make(UInt64(state.count), kind: Job.kind)
      let job = make(state.count, id, "arn:aws:bedrock:\(account.region):\(account.accountID):\(Job.kind)/\(id)")
      state.jobs.append(job)
      if let token { state.requests[token] = (job.id, digest) }
      return (job, true)
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
  /// - Returns: the jobs that it has forgotten.
  @discardableResult
  func reset() -> [Job] {
    state.withLock { state in
      defer {
        state.jobs = []
        state.requests = [:]
      }
      return state.jobs
    }
  }
}

protocol SubmittedJob: Sendable {
  /// The kind of its resource, as in its ARN.
  static var kind: String { get }
  var id: String { get }
  var arn: String { get }
  /// Whether it has ended, in any way.
  var isOver: Bool { get }
}
