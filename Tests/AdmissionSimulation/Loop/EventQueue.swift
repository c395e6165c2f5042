/// An event at a time.
struct Event: Sendable {
  enum Kind: UInt8, Sendable {
    // At a client.
    case arrival, reply, again, cancel, progress, wake, clockBack
    // At the server, and faults.
    case reach, finish, hangUp, foreign, faultBegins, faultEnds, sample, close
  }

  var time: Int64
  /// Of two events at one time, the one planned first comes first.
  var order: UInt32 = 0
  var kind: Kind
  /// The attempt of the call that it belongs to.
  var attempt: UInt8 = 0
  /// A call, a client, a worker or a fault.
  var index: Int32
  /// The generation of the call when the event was planned.
  var generation: UInt32 = 0
}

/// Events by time: a heap of four children a node, which has half the height of one of two.
struct EventQueue: Sendable {
  private var heap: [Event] = []
  private var planned: UInt32 = 0

  var isEmpty: Bool { heap.isEmpty }

  private static func isBefore(_ a: Event, _ b: Event) -> Bool { a.time < b.time || a.time == b.time && a.order < b.order }

  mutating func push(_ event: Event) {
    var event = event
    planned &+= 1
    event.order = planned
    heap.append(event)
    var place = heap.count - 1
    while place > 0 {
      let parent = (place - 1) / 4
      guard Self.isBefore(event, heap[parent]) else { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = event
  }

  mutating func pop() -> Event? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    var place = 0
    while true {
      let children = 4 * place + 1
      guard children < heap.count else { break }
      var least = children
      for child in children..<min(children + 4, heap.count) where Self.isBefore(heap[child], heap[least]) { least = child }
      guard Self.isBefore(heap[least], last) else { break }
      heap[place] = heap[least]
      place = least
    }
    heap[place] = last
    return first
  }
}
