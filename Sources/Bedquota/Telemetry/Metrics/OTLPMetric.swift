/// A metric with all its series at one time, counted since a start that each series names.
package struct OTLPMetric: Sendable, Equatable {
  package enum Number: Sendable, Equatable {
    case int(Int64)
    case double(Double)
  }

  /// One series.
  package struct Point<Value: Sendable & Equatable>: Sendable, Equatable {
    package var attributes: [OTLPAttribute]
    /// Unix nanoseconds; nil: the start of the export.
    package var start: UInt64?
    package var value: Value

    package init(_ attributes: [OTLPAttribute], start: UInt64? = nil, _ value: Value) {
      (self.attributes, self.start, self.value) = (attributes, start, value)
    }
  }

  package struct Histogram: Sendable, Equatable {
    /// Upper bounds, ascending.
    package var bounds: [Double]
    /// One more than there are bounds; none at all if only sum and count are known.
    package var counts: [UInt64]
    package var count: UInt64
    /// Nil if values below zero make it a figure that may fall.
    package var sum: Double?

    package init(bounds: [Double], counts: [UInt64], count: UInt64, sum: Double?) {
      (self.bounds, self.counts, self.count, self.sum) = (bounds, counts, count, sum)
    }
  }

  package enum Points: Sendable, Equatable {
    /// Grows only, if it is monotonic.
    case sum([Point<Number>], isMonotonic: Bool)
    case gauge([Point<Number>])
    case histogram([Point<Histogram>])
  }

  package var name: String
  /// As UCUM spells it, `s`, `By`, `1`, or in braces; empty if there is none.
  package var unit: String
  package var help: String
  package var points: Points

  package init(_ name: String, unit: String = "", help: String = "", _ points: Points) {
    (self.name, self.unit, self.help, self.points) = (name, unit, help, points)
  }

  package var count: Int {
    switch points {
    case .sum(let points, _), .gauge(let points): points.count
    case .histogram(let points): points.count
    }
  }
}
