/// A line's points in SVG units, in unbroken runs, reduced to those that can be seen.
struct LineReduction: Sendable {
  typealias Point = (x: Double, y: Double)

  /// Runs without gaps; each has at least one point.
  private(set) var runs: [[Point]] = []

  private var run: [Point] = []
  /// The points of the current pixel column that may be kept, with their positions in the line.
  private var column = -Double.infinity
  private var first: (order: Int, point: Point) = (0, (0, 0))
  private var lowest: (order: Int, point: Point) = (0, (0, 0))
  private var highest: (order: Int, point: Point) = (0, (0, 0))
  private var last: (order: Int, point: Point) = (0, (0, 0))

  init(_ points: [Point], x: Scale, y: Scale, frame: Box) {
    for (order, point) in points.enumerated() {
      guard point.x.isDrawable, point.y.isDrawable else {
        endRun()
        continue
      }
      let place: Point = (x(point.x), y(point.y))
      // All points beyond an edge count as one column: only the segments that cross the edge are visible.
      let own = min(max(place.x.rounded(.down), frame.x - 1), frame.right + 1)
      if own != column {
        endColumn()
        column = own
        first = (order, place)
        lowest = first
        highest = first
      }
      if place.y < highest.point.y { highest = (order, place) }
      if place.y > lowest.point.y { lowest = (order, place) }
      last = (order, place)
    }
    endRun()
  }

  private mutating func endColumn() {
    guard column.isFinite else { return }
    let (early, late) = lowest.order < highest.order ? (lowest, highest) : (highest, lowest)
    run.append(first.point)
    if early.order > first.order, early.order < last.order { run.append(early.point) }
    if late.order > max(first.order, early.order), late.order < last.order { run.append(late.point) }
    if last.order > first.order { run.append(last.point) }
    column = -.infinity
  }

  private mutating func endRun() {
    endColumn()
    if !run.isEmpty { runs.append(run) }
    run = []
  }
}
