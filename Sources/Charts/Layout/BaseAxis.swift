/// The part below a plot: marks, their labels on one or two lines, and the title of the axis.
struct BaseAxis: Sendable {
  struct Mark: Sendable {
    var position: Double
    var label: String
    var context: String
  }

  let scale: Scale
  let marks: [Mark]
  let title: String
  /// The middle of the title, which is on the last line.
  let titleX: Double
  /// Lines of text: 1, 2 or 3.
  let lines: Int

  private static let gap = 10.0

  init(time: LocalTime, left: Double, right: Double, font: Font) {
    let scale = Scale(time.range, from: left, to: right)
    let title = font.shortened(time.title, to: right - left)
    let marks = time.ticks(width: right - left, font: font, gap: Self.gap).map {
      Mark(position: scale($0.time), label: $0.label, context: $0.context)
    }
    self.scale = scale
    self.title = title
    self.marks = marks
    // The title is beside the dates if there is room, otherwise below them.
    let middle = (left + right) / 2
    let half = font.width(of: title) / 2 + Self.gap
    let free = [middle, right - half + Self.gap].first { x in
      marks.allSatisfy { $0.context.isEmpty || ($0.position - x).magnitude >= half + font.width(of: $0.context) / 2 }
    }
    titleX = free ?? middle
    lines = free == nil ? 3 : 2
  }

  init(range: ClosedRange<Double>, stepMin: Double = 0, title: String, left: Double, right: Double, font: Font) {
    let scale = Scale(range, from: left, to: right)
    var count = max(2, Int((right - left) / 40))
    var marks: [Mark] = []
    while true {
      let ticks = Ticks(in: range, atMost: count, stepMin: stepMin)
      let labels = NumberLabels(step: ticks.step, largest: ticks.values.reduce(0) { max($0, $1.magnitude) })
      marks = ticks.values.map { Mark(position: scale($0), label: labels.label($0), context: "") }
      let widest = marks.map { font.width(of: $0.label) }.max() ?? 0
      if count == 1 || widest + Self.gap <= ticks.step / (range.upperBound - range.lowerBound) * (right - left) { break }
      count -= 1
    }
    self.scale = scale
    self.marks = marks
    self.title = font.shortened(title, to: right - left)
    titleX = (left + right) / 2
    lines = title.isEmpty ? 1 : 2
  }
}
