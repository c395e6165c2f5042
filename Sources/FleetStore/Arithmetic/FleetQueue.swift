/// The members that wait, in the order in which they are served: by tag, then by name. It is the sorted set of a server.
struct FleetQueue: Sendable, Equatable {
  struct Ticket: Sendable, Equatable {
    var tag: Int64
    var name: String

    /// Encoded names are ASCII, so this is the order of their bytes.
    static func < (left: Ticket, right: Ticket) -> Bool { (left.tag, left.name) < (right.tag, right.name) }
  }

  private(set) var tickets: [Ticket] = []
  private var tags: [String: Int64] = [:]

  var count: Int { tickets.count }

  func tag(of name: String) -> Int64? { tags[name] }

  /// How many tickets stand before this place.
  func rank(of ticket: Ticket) -> Int {
    var (low, high) = (0, tickets.count)
    while low < high {
      let middle = (low + high) / 2
      if tickets[middle] < ticket { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func set(_ name: String, tag: Int64) {
    remove(name)
    let ticket = Ticket(tag: tag, name: name)
    tickets.insert(ticket, at: rank(of: ticket))
    tags[name] = tag
  }

  mutating func remove(_ name: String) {
    guard let tag = tags.removeValue(forKey: name) else { return }
    tickets.remove(at: rank(of: Ticket(tag: tag, name: name)))
  }
}
