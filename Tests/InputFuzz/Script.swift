import Synchronization

/// Answers, one after the other; the last one again and again.
final class Script: Sendable {
  private let answers: Mutex<[FuzzTransport.Answer]>

  init(_ answers: [FuzzTransport.Answer]) { self.answers = Mutex(answers) }

  func next() -> FuzzTransport.Answer { answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
}
