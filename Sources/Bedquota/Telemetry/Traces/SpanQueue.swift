import Synchronization

/// Spans that have ended and wait to be exported. What comes when it is full is dropped and counted; nobody who adds a span waits.
package final class SpanQueue: Sendable {
  private struct State {
    var spans: [FinishedSpan] = []
    var dropped = 0
    var toldDropped = 0
    var isWoken = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let spansMax: Int
  private let batchMax: Int
  private let state = Mutex(State())

  package init(spansMax: Int = 2_048, batchMax: Int = 512) {
    (self.spansMax, self.batchMax) = (spansMax, batchMax)
  }

  package var count: Int { state.withLock { $0.spans.count } }

  /// The spans that found no room, since the start.
  package var droppedCount: Int { state.withLock { $0.dropped } }

  /// Those of them that nobody has asked for before.
  var newlyDropped: Int {
    state.withLock { state in
      defer { state.toldDropped = state.dropped }
      return state.dropped - state.toldDropped
    }
  }

  package func append(_ span: FinishedSpan) {
    let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard state.spans.count < spansMax else {
        state.dropped += 1
        return nil
      }
      state.spans.append(span)
      return state.spans.count >= batchMax ? state.waiter.take() : nil
    }
    waiter?.resume()
  }

  /// The oldest spans, at most as many as one request takes.
  package func takeBatch() -> [FinishedSpan] {
    state.withLock { state in
      state.isWoken = false
      let batch = Array(state.spans.prefix(batchMax))
      state.spans.removeFirst(batch.count)
      return batch
    }
  }

  /// Puts a batch back that could not be sent. The newest spans are dropped if there is no room left.
  package func giveBack(_ batch: [FinishedSpan]) {
    state.withLock { state in
      let room = max(spansMax - batch.count, 0)
      state.dropped += max(state.spans.count - room, 0)
      state.spans = batch + state.spans.prefix(room)
    }
  }

  /// Waits until a batch is full, somebody calls ``wake()``, or the task is cancelled. One task at a time may wait.
  package func waitForBatch() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          // A cancellation that comes later finds the waiter.
          if Task.isCancelled || state.isWoken || state.spans.count >= batchMax { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiter.take() }?.resume()
    }
  }

  package func wake() {
    let waiter = state.withLock { state in
      state.isWoken = true
      return state.waiter.take()
    }
    waiter?.resume()
  }
}
