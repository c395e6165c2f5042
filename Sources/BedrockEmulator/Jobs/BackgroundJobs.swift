/// Work that goes on after its request was answered: asynchronous invocations and batch jobs. It is done while ``run()`` runs,
/// and ends with it. ``SubmittedJobs`` bounds how much of it waits.
package final class BackgroundJobs: Sendable {
  package typealias Job = @Sendable () async -> Void

  private let waiting: AsyncStream<Job>
  private let continuation: AsyncStream<Job>.Continuation

  package init() { (waiting, continuation) = AsyncStream.makeStream(of: Job.self) }

  package func add(_ job: @escaping Job) { continuation.yield(job) }

  /// Does all jobs at once until the task is cancelled, which cancels them.
  package func run() async {
    await withDiscardingTaskGroup { group in
      for await job in waiting { group.addTask { await job() } }
      group.cancelAll()
    }
  }
}
