import NIOCore
import Synchronization

/// Runs tasks on one event loop, so that a request is answered on the thread that received it.
final class EventLoopExecutor: TaskExecutor {
  let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// The executors of a server's event loops. They live as long as the server, because a task doesn't keep its executor alive.
final class EventLoopExecutors: Sendable {
  private let executors = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

  subscript(loop: any EventLoop) -> EventLoopExecutor {
    executors.withLock { executors in
      if let known = executors[ObjectIdentifier(loop)] { return known }
      let executor = EventLoopExecutor(loop)
      executors[ObjectIdentifier(loop)] = executor
      return executor
    }
  }
}
