import Charts
import Testing

struct BarsTests {
  /// A plot of stacked series over 0…count, and the values read back from its picture.
  private struct Drawn {
    let picture: Picture
    let plot: Picture.Element

    init(_ series: [[Double]], width: Int = 960) throws {
      let count = series.map(\.count).max() ?? 0
      let colors = series.indices.map { Color.palette($0) }
      let plot = Plot(
        x: .linear(0...Double(count), title: ""),
        layers: [.bars(Bars(start: 0, step: 1, series: zip(series, colors).map { Series(name: "", color: $1, values: $0) }))])
      picture = try Picture(plot.svg(width: width))
      self.plot = try #require(picture.all("g", class: "plot").first)
    }

    func number(_ name: String) throws -> Double { try #require(plot.number("data-\(name)")) }

    /// The lower and upper end of a series in each pixel column, in the units of the data; nil where it has no bar.
    func values(_ series: Int) throws -> [(from: Double, to: Double)?] {
      let columns = try Int(number("left"))..<Int(number("right"))
      let paths = picture.all("path", class: "bars").filter { $0["fill"] == Color.palette(series).hex }
      #expect(paths.count <= 1)
      guard let path = paths.first?["d"] else { return columns.map { _ in nil } }
      let perUnit = try (number("bottom") - number("top")) / number("ymax")
      let bottom = try number("bottom")
      return Picture.spans(path, columns: columns).map { span in
        span.map { ((bottom - $0.low) / perUnit, (bottom - $0.high) / perUnit) }
      }
    }
  }

  @Test func theHighestOfAColumnStaysAndNothingBelowIsLost() throws {
    var generator = TicksTests.Generator(state: 1)
    let lower = (0..<5_000).map { _ in Double.random(in: 0...100, using: &generator).rounded() }
    let upper = (0..<5_000).map { _ in
      Double.random(in: 0...1, using: &generator) < 0.02 ? Double(Int.random(in: 1...50, using: &generator)) : 0
    }
    let drawn = try Drawn([lower, upper])
    let columns = try drawn.values(0).count
    let (below, above) = (try drawn.values(0), try drawn.values(1))
    for column in 0..<columns {
      let indices = lower.indices.filter { Int((Double($0) + 0.5) / 5_000 * Double(columns)) == column }
      let highest = indices.map { lower[$0] + upper[$0] }.max() ?? 0
      let throttled = indices.map { upper[$0] }.max() ?? 0
      let top = above[column]?.to ?? below[column]?.to ?? 0
      #expect(abs(top - highest) < 0.1)
      #expect(abs((above[column].map { $0.to - $0.from } ?? 0) - throttled) < 0.1)
    }
  }

  @Test func stackedSeriesBeginWhereTheLowerEnds() throws {
    let first: [Double] = [5, 0, 3, .nan, 7, 2]
    let second: [Double] = [1, 4, 0, 2, -3, 6]
    let third: [Double] = [2, 2]
    let drawn = try Drawn([first, second, third])
    let stacks = try [drawn.values(0), drawn.values(1), drawn.values(2)]
    let width = Double(stacks[0].count) / 6
    for bar in 0..<6 {
      let column = Int((Double(bar) + 0.5) * width)
      var base = 0.0
      for (series, values) in [first, second, third].enumerated() {
        let value = bar < values.count && values[bar] > 0 ? values[bar] : 0
        let span = stacks[series][column]
        #expect((span == nil) == (value == 0), "bar \(bar), series \(series)")
        if let span { #expect(abs(span.from - base) < 0.01 && abs(span.to - base - value) < 0.01) }
        base += value
      }
    }
  }

  @Test func narrowBarsTouchAndWideOnesDoNot() throws {
    let narrow = try Drawn([Array(repeating: 3, count: 600)])
    #expect(try narrow.values(0).allSatisfy { $0 != nil })
    #expect(narrow.picture.all("path", class: "bars")[0]["d"]!.utf8.count < 60, "one rectangle")
    let wide = try Drawn([Array(repeating: 3, count: 20)])
    #expect(try wide.values(0).contains { $0 == nil })
  }

  @Test(
    arguments: [
      [.nan], [.infinity], [-1], [0], [], [1e308, 1e308], [.leastNonzeroMagnitude], [-0.0], [1e300, 1e300],
    ] as [[Double]])
  func strangeValues(_ values: [Double]) throws {
    _ = try Drawn([values, values])
    for step in [0, -1, .nan, .infinity, 1e-300, 1e300] {
      let bars = Bars(start: step, step: step, series: [Series(name: "a", color: .blue, values: values)])
      _ = try Picture(Plot(layers: [.bars(bars)]).svg())
      _ = try Picture(Plot(x: .time(0...1) { _ in 0 }, layers: [.bars(bars)]).svg())
    }
  }

  @Test func barsOutsideOfTheRangeCountForNothing() throws {
    let bars = Bars(start: 0, step: 1, series: [Series(name: "a", color: .blue, values: [9_999, 1, 2, 9_999])])
    let picture = try Picture(Plot(x: .linear(1...3, title: ""), layers: [.bars(bars)]).svg())
    #expect(try #require(picture.all("g", class: "plot")[0].number("data-ymax")) < 3)
  }
}
