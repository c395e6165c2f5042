import Synchronization

/// A request that stands in the queues of several limiters. The first limiter that has room takes it, and it leaves the others.
///
/// That equals one queue in front of all of them, of which each limiter takes the head as soon as it has room for it. In each queue
/// it stands beside the requests that name this limiter alone, and is served as fairly as they are.
///
/// One task enters the request (``Limiter/enter(_:as:_:waitMax:)``), waits, and closes the race; it may enter the request into further
/// limiters at any time before. Until it is closed, its limiters keep it. A race is won once: for a retry, make another one.
///
/// A limiter calls the race while it holds its own lock. So the race calls no limiter while it holds its.
package final class Race: Sendable {
  /// What the task learns.
  package enum Event: ~Copyable, Sendable {
    /// A limiter has admitted the request.
    case won(candidate: Int, Reservation)
    /// No queue holds it any more. The refusal is that of the limiter that comes nearest to admitting it; nil: it was in none.
    case refused(Refusal?)
    /// Somebody has called ``Race/wake()``.
    case woken
    /// The task was cancelled.
    case cancelled
  }

  /// The request's place in one queue.
  private struct Ticket: Sendable {
    let candidate: Int
    let limiter: Limiter
    let id: WaiterID
  }

  private struct State: Sendable {
    var tickets: [Ticket] = []
    /// Who has admitted it, until the task fetches the reservation.
    var winner: Winner?
    /// Whether no limiter may take it any more.
    var isOver = false
    var isCancelled = false
    var isWoken = false
    var refusal: (refusal: Refusal, by: Limiter)?
    var continuation: UnsafeContinuation<Void, Never>?

    var hasNews: Bool { winner != nil || isCancelled || isWoken || tickets.isEmpty }

    mutating func takeNews() -> News {
      if let winner = winner.take() { return .won(winner) }
      if isCancelled { return .cancelled }
      if tickets.isEmpty { return .refused(refusal?.refusal) }
      isWoken = false
      return .woken
    }
  }

  private struct Winner: Sendable {
    let candidate: Int
    let limiter: Limiter
    /// The place of its lease.
    let place: Int

    var reservation: Reservation { Reservation(place, of: limiter) }
  }

  private enum News: Sendable {
    case won(Winner)
    case cancelled
    case refused(Refusal?)
    case woken
  }

  private let state = Mutex(State())

  package init() {}

  // MARK: - The limiters

  /// - Returns: nil if the race is over, so that the limiter takes back its admission; otherwise the task to wake, if it sleeps.
  func claim(_ candidate: Int, _ limiter: Limiter, place: Int) -> UnsafeContinuation<Void, Never>?? {
    state.withLock { state in
      guard !state.isOver else { return nil }
      state.isOver = true
      state.winner = Winner(candidate: candidate, limiter: limiter, place: place)
      state.tickets.removeAll { $0.candidate == candidate }
      return .some(state.continuation.take())
    }
  }

  func waits(_ id: WaiterID, _ candidate: Int, in limiter: Limiter) {
    state.withLock { $0.tickets.append(Ticket(candidate: candidate, limiter: limiter, id: id)) }
  }

  /// - Returns: the task to wake, if no queue holds the request any more.
  func refused(_ candidate: Int, _ refusal: Refusal, by limiter: Limiter) -> UnsafeContinuation<Void, Never>? {
    state.withLock { state in
      state.tickets.removeAll { $0.candidate == candidate }
      if state.refusal.map({ refusal.isNearer(than: $0.refusal) }) ?? true { state.refusal = (refusal, limiter) }
      return state.hasNews ? state.continuation.take() : nil
    }
  }

  var isOver: Bool { state.withLock { $0.isOver } }

  // MARK: - The task

  /// The candidates in whose queues it stands, in the order in which it entered them.
  package var candidates: [Int] { state.withLock { $0.tickets.map(\.candidate) } }

  /// Lets the task look again at where the request should wait.
  package func wake() {
    let continuation = state.withLock { state in
      state.isWoken = true
      return state.continuation.take()
    }
    continuation?.resume()
  }

  /// Waits until something happens. A request that is in no queue doesn't wait.
  package func wait() async -> Event {
    await withTaskCancellationHandler {
      // As in `Limiter`: the state hands out the continuation exactly once.
      await withUnsafeContinuation { continuation in
        let isOver = state.withLock { state in
          if state.hasNews { return true }
          state.continuation = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      cancel()
    }
    return event()
  }

  private func event() -> Event {
    switch state.withLock({ $0.takeNews() }) {
    case .cancelled: return .cancelled
    case .refused(let refusal): return .refused(refusal)
    case .woken: return .woken
    case .won(let winner):
      let reservation = winner.reservation
      guard !Task.isCancelled else {
        reservation.settle(.cancelled)
        return .cancelled
      }
      return .won(candidate: winner.candidate, reservation)
    }
  }

  private func cancel() {
    let continuation = state.withLock { state in
      state.isOver = true
      state.isCancelled = true
      return state.continuation.take()
    }
    continuation?.resume()
  }

  /// Takes the request out of some queues; it may enter them again.
  package func withdraw(from candidates: (Int) -> Bool) {
    let left = state.withLock { state in
      let left = state.tickets.filter { candidates($0.candidate) }
      state.tickets.removeAll { candidates($0.candidate) }
      return left
    }
    for ticket in left { ticket.limiter.withdraw(ticket.id) }
  }

  /// Takes the request out of all queues, for good. A cancelled request counts as one of the first limiter's, and one that all have
  /// refused as one of the limiter's whose refusal is told.
  package func close() {
    let (left, isCancelled, refusedBy, unfetched) = state.withLock { state in
      let isRefused = !state.isOver && state.tickets.isEmpty
      state.isOver = true
      defer { (state.tickets, state.refusal) = ([], nil) }
      return (state.tickets, state.isCancelled, isRefused ? state.refusal?.by : nil, state.winner.take())
    }
    unfetched?.reservation.settle(.cancelled)
    refusedBy?.countRefusal()
    for (index, ticket) in left.enumerated() { ticket.limiter.withdraw(ticket.id, isCancelled: isCancelled && index == 0) }
  }
}

extension Refusal {
  /// Whether the limiter comes nearer to admitting the request than another one.
  fileprivate func isNearer(than other: Refusal) -> Bool {
    if let eta, let otherETA = other.eta { return eta < otherETA }
    return distance < other.distance
  }

  private var distance: Int {
    switch code {
    // It had its turn otherwise, and a retry comes back.
    case .retryBudget: 0
    case .deadline, .waitTooLong: 1
    case .expired: 2
    case .queueFull: 3
    case .draining: 4
    case .neverFits: 5
    default: 6
    }
  }
}
