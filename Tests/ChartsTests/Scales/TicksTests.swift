import Charts
import Foundation
import Testing

struct TicksTests {
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  @Test(arguments: 1...12)
  func roundAndFewAndEverywhere(_ countMax: Int) {
    var generator = Generator(state: UInt64(countMax))
    for _ in 0..<2_000 {
      let scale = pow(10, Double.random(in: -200...200, using: &generator))
      let lower = Double.random(in: -1...1, using: &generator) * scale
      let width = Double.random(in: 0.001...3, using: &generator) * scale
      let range = (lower...(lower + width)).drawable
      let ticks = Ticks(in: range, atMost: countMax)
      #expect(ticks.values.count <= countMax)
      let slack = ticks.step * 1e-6
      #expect(ticks.values.allSatisfy { $0 >= range.lowerBound - slack && $0 <= range.upperBound + slack })
      if let first = ticks.values.first, let last = ticks.values.last {
        #expect(first - range.lowerBound < ticks.step + slack && range.upperBound - last < ticks.step + slack)
      }
      let mantissa = ticks.step / pow(10, floor(log10(ticks.step * 1.000_001)))
      #expect([1, 2, 2.5, 5].contains { abs($0 - mantissa) < 1e-6 }, "step \(ticks.step)")
      let labels = NumberLabels(step: ticks.step, largest: ticks.values.map(\.magnitude).max() ?? 0)
      let texts = ticks.values.map(labels.label)
      #expect(Set(texts).count == texts.count, "\(texts)")
    }
  }

  @Test(arguments: [0, 0.3, 1, 1.2, 3, 4.4, 5, 24, 260, 1e6])
  func countsHaveWholeTicks(_ highest: Double) throws {
    for height in [100, 190, 360] {
      let bars = Bars(start: 0, step: 1, series: [Series(name: "a", color: .success, values: [highest])])
      let picture = try Picture(Plot(x: .linear(0...1, title: ""), isCount: true, layers: [.bars(bars)]).svg(height: height))
      let left = try #require(picture.all("g", class: "plot").first?.number("data-left"))
      let labels = picture.all("text").filter { $0["text-anchor"] == "end" && ($0.number("x") ?? 0) < left }.map(\.text)
      #expect(labels.count >= 2 || height == 100, "\(labels)")
      // 2.5k is a whole number, and so is 2.5M; below 1 there is none but 0.
      if highest != 0.3, highest < 1_000 { #expect(labels.allSatisfy { !$0.contains(".") }, "\(labels)") }
    }
  }

  @Test(arguments: [1, 2, 6, 30]) func thingsSideBySideAreNumbered(_ count: Int) throws {
    for width in [120, 360, 1_400] {
      let bars = Bars(
        start: 0.6, step: 1, series: [Series(name: "a", color: .success, values: Array(repeating: 1, count: count))])
      let picture = try Picture(Plot(x: .numbered(count), layers: [.bars(bars)]).svg(width: width))
      let labels = picture.all("text").filter { $0["text-anchor"] == "middle" }.compactMap { Int($0.text) }
      #expect(!labels.isEmpty && labels.allSatisfy { (1...count).contains($0) }, "\(labels)")
      #expect(!picture.all("text").contains { $0["text-anchor"] == "middle" && $0.text.contains(".") })
    }
  }

  @Test(
    arguments: [
      0...0, 5...5, -5 ... -5, 1e300...1e300, -1e300...1e300, 1e15...1e15, 0...(.leastNonzeroMagnitude),
      (1e-300 * 1e-10)...(1e-300 * 1e-10), 1e15...(1e15 + 0.001),
      -Double.infinity...Double.infinity, -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    ] as [ClosedRange<Double>])
  func anyRangeCanBeDrawn(_ range: ClosedRange<Double>) {
    let drawable = range.drawable
    #expect(drawable.upperBound > drawable.lowerBound && drawable.upperBound.isFinite && drawable.lowerBound.isFinite)
    #expect(Ticks(in: drawable, atMost: 5).values.count <= 5)
    let scale = Scale(drawable, from: 100, to: 0)
    #expect(scale(drawable.lowerBound) == 100 && abs(scale(drawable.upperBound)) < 1e-6)
  }

  @Test(
    arguments: [
      (300, 1_200, 1_200, "1,200"), (2_000, 12_000, 12_000, "12k"), (2_500, 10_000, 2_500, "2.5k"),
      (500_000, 1_500_000, 1_500_000, "1.5M"),
      (1e9, 2e9, 2e9, "2B"), (5e11, 2e12, 5e11, "0.5T"), (0.002, 0.004, 0.002, "0.002"), (0.25, 1, 0.75, "0.75"),
      (5e14, 1e15, 1e15, "1e15"),
      (5e14, 2e15, 1.5e15, "1.5e15"), (5e14, 2e15, 5e14, "5e14"), (2e-7, 1e-6, 2e-7, "2e-7"), (1, 5, 0, "0"), (5, 10, -5, "-5"),
      (2, 1_000_000_002, 1_000_000_002, "1,000,000,002"), (0.1, 0.5, 0.1 + 0.2, "0.3"), (5e-8, 1e-6, 1e-6, "1e-6"),
      (1, 10, 10, "10"),
    ] as [(Double, Double, Double, String)])
  func labels(_ step: Double, _ largest: Double, _ value: Double, _ expected: String) {
    #expect(NumberLabels(step: step, largest: largest).label(value) == expected)
  }
}
