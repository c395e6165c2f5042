/// The leases in flight. A reservation carries only the index of its lease.
struct LeaseTable: Sendable {
  private struct Place: Sendable {
    var lease: Lease
    /// The next free place if this one is free, and -1 if there is none; ``taken`` if it isn't free.
    var nextFree = Self.taken

    static let taken = -2
  }

  private var places: [Place] = []
  private var firstFree = -1

  @inline(__always)
  subscript(place: Int) -> Lease {
    get { places[place].lease }
    set { places[place].lease = newValue }
  }

  @inline(__always)
  mutating func insert(_ lease: Lease) -> Int {
    let place = firstFree
    guard place >= 0 else { return append(lease) }
    firstFree = places[place].nextFree
    places[place].lease = lease
    places[place].nextFree = Place.taken
    return place
  }

  @inline(never)
  private mutating func append(_ lease: Lease) -> Int {
    places.append(Place(lease: lease))
    return places.count - 1
  }

  /// Every lease in flight.
  var all: some Sequence<Lease> { places.lazy.filter { $0.nextFree == Place.taken }.map(\.lease) }

  @inline(__always)
  mutating func free(_ place: Int) {
    places[place].nextFree = firstFree
    firstFree = place
  }
}
