import Bedquota
import Testing
import Tracing

struct SpanQueueTests {
  private func span(_ name: String) -> FinishedSpan {
    FinishedSpan(name: name, identity: SpanIdentity(high: 1, low: 1, span: 1, flags: 1), kind: .internal, start: 1)
  }

  private func names(_ batch: [FinishedSpan]) -> [String] { batch.map(\.name) }

  @Test func theNewestAreDroppedAndCounted() {
    let queue = SpanQueue(spansMax: 3, batchMax: 2)
    for name in ["a", "b", "c", "d", "e"] { queue.append(span(name)) }
    #expect(queue.count == 3 && queue.droppedCount == 2)
    #expect(names(queue.takeBatch()) == ["a", "b"])
    queue.append(span("f"))
    #expect(names(queue.takeBatch()) == ["c", "f"])
    #expect(queue.takeBatch().isEmpty && queue.droppedCount == 2)
  }

  @Test func aBatchComesBackBeforeTheOthers() {
    let queue = SpanQueue(spansMax: 3, batchMax: 2)
    for name in ["a", "b"] { queue.append(span(name)) }
    let batch = queue.takeBatch()
    for name in ["c", "d", "e"] { queue.append(span(name)) }
    queue.giveBack(batch)
    #expect(names(queue.takeBatch()) == ["a", "b"] && names(queue.takeBatch()) == ["c"])
    #expect(queue.droppedCount == 2)
  }

  @Test(.timeLimit(.minutes(1))) func aFullBatchEndsTheWaiting() async {
    let queue = SpanQueue(spansMax: 10, batchMax: 2)
    async let waiting: Void = queue.waitForBatch()
    queue.append(span("a"))
    queue.append(span("b"))
    await waiting
    #expect(queue.count == 2)
  }

  @Test(.timeLimit(.minutes(1))) func somebodyCanEndTheWaiting() async {
    let queue = SpanQueue()
    let tracer = OTLPTracer(queue: queue)
    tracer.forceFlush()
    await queue.waitForBatch()
    // Until the next batch.
    _ = queue.takeBatch()
    let waiting = Task { await queue.waitForBatch() }
    queue.wake()
    await waiting.value
  }

  @Test(.timeLimit(.minutes(1))) func aCancellationEndsTheWaiting() async {
    let queue = SpanQueue()
    for _ in 0..<200 {
      let waiting = Task { await queue.waitForBatch() }
      if Bool.random() { await Task.yield() }
      waiting.cancel()
      await waiting.value
    }
  }

  @Test(.timeLimit(.minutes(1))) func manyThreadsLoseNoSpan() async {
    let queue = SpanQueue(spansMax: 500, batchMax: 50)
    let taken = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 { queue.append(span("a")) }
          return 0
        }
      }
      group.addTask {
        var taken = 0
        for _ in 0..<200 {
          taken += queue.takeBatch().count
          await Task.yield()
        }
        return taken
      }
      return await group.reduce(0, +)
    }
    #expect(taken + queue.count + queue.droppedCount == 4_000)
  }
}
