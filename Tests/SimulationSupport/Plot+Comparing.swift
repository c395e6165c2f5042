package import Charts

extension Plot {
  /// A bar for each entrant of a comparison, in the entrant's colour.
  /// - Parameters:
  ///   - values: one for each entrant; one that is not a number has no bar.
  ///   - digits: after the decimal point, in the words for those who can't see the picture.
  package init(comparing entrants: [String], _ values: [Double], title: String, unit: String, digits: Int = 2) {
    let series = entrants.indices.map { index in
      Series(
        name: "\(index + 1) \(entrants[index])", color: .palette(index),
        values: values.indices.map { $0 == index ? values[index] : .nan })
    }
    self.init(
      title: title, summary: zip(entrants, values).map { "\($0): \(Format.fixed($1, digits)) \(unit)" }.joined(separator: ", "),
      x: .numbered(entrants.count), yTitle: unit,
      layers: [.bars(Bars(start: 0.6, step: 1, series: series))])
  }
}
