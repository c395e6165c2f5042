/// The background work of a session's clients, such as reading quotas again while requests run.
///
/// A session runs it for as long as it is open; at its end, jobs that still run are cancelled and awaited, so none outlives the
/// session.
final class BackgroundWork: Sendable {
  typealias Job = @Sendable () async -> Void

  /// The most jobs that may wait for ``run()``.
  private static let queuedMax = 1_024

  private let jobs: AsyncStream<Job>
  private let queue: AsyncStream<Job>.Continuation

  init() { (jobs, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.queuedMax)) }

  /// Adds a job, which runs concurrently with the caller.
  /// - Returns: false if the job will not run, because the session has ended or too many jobs wait.
  @discardableResult
  func add(_ job: @escaping Job) -> Bool {
    if case .enqueued = queue.yield(job) { true } else { false }
  }

  /// Runs jobs until the task is cancelled, and then returns when they have ended.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await job in jobs { group.addTask { await job() } }
    }
  }
}
