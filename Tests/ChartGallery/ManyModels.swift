import Charts

/// A day of forty models, minute by minute: what a busy account looks like.
enum ManyModels {
  struct Values {
    var first: [Double]
    var second: [Double]
    var area: [Double]
  }

  static let rowCount = 40
  static let minutes = 1_440
  static var barCount: Int { rowCount * 2 * 2 * minutes }

  static let day = 1_763_938_800.0  // 24 November 2025, 00:00 in UTC+01:00

  private static let names = [
    "anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.nova-pro-v1:0",
    "amazon.nova-lite-v1:0", "meta.llama3-3-70b-instruct-v1:0", "mistral.pixtral-large-2502-v1:0", "cohere.command-r-plus-v1:0",
    "deepseek.r1-v1:0",
  ]
  private static let prefixes = ["eu.", "us.", "global.", "", "apac."]

  /// For each row, the values of its two plots.
  static let values: [[Values]] = (0..<rowCount).map { row in
    let requests = requests(seed: UInt64(row + 1), level: [900, 40, 2_500, 6, 150, 12_000][row % 6], quota: quota(row))
    let tokens = Values(
      first: requests.first.map { ($0 * 1_870).rounded() }, second: requests.second.map { ($0 * 410).rounded() },
      area: requests.area.map { ($0 * 2_280).rounded() })
    return [requests, tokens]
  }

  static func quota(_ row: Int) -> Double { [1_000, 200, 2_500, 500, 200, 10_000][row % 6] }

  /// A bell over office hours, noise, bursts, and throttling of what is above the quota.
  static func requests(seed: UInt64, level: Double, quota: Double) -> Values {
    var random = SmallRandom(state: seed)
    var burst = 0.0
    var values = Values(first: [], second: [], area: [])
    for minute in 0..<minutes {
      let hour = (Double(minute) / 60 - 13.5) / 4.5
      let office = 1 / (1 + hour * hour * hour * hour)
      burst = random.next() < 0.004 ? 1 + random.next() : burst * 0.9
      let demand = (level * (0.05 + 0.6 * office) * (0.7 + 0.6 * random.next() + burst * 0.6)).rounded()
      values.first.append(min(demand, quota))
      values.second.append(max(demand - quota, 0))
      values.area.append(((level * (0.05 + 0.6 * office)) * 1.2).rounded())
    }
    return values
  }

  static let sheet = Sheet(
    title: "Bedrock usage, eu-central-1", subtitle: "24 Nov 2025, per minute; account 1234 5678 9012",
    summary: "Requests and tokens per minute of forty models.",
    rows: values.enumerated().map { row, values in
      let name = prefixes[row / names.count] + names[row % names.count]
      let throttled = values[0].second.reduce(0, +)
      let all = throttled + values[0].first.reduce(0, +)
      let share = (throttled / max(all, 1) * 1000).rounded() / 10
      return Sheet.Row(
        heading: name, note: throttled == 0 ? "not throttled" : share == 0 ? "under 0.1 % throttled" : "\(share) % throttled",
        plots: [
          plot(
            "Requests", "per min", values[0], ["accepted", "throttled"], [.success, .throttled],
            Limit(value: quota(row), name: "quota \(label(quota(row)))/min", color: .gray)),
          plot(
            "Tokens", "per min", values[1], ["Input tokens", "Output tokens"], [.blue, .orange],
            Limit(value: quota(row) * 2_500, name: "quota \(label(quota(row) * 2_500))/min", color: .gray)),
        ])
    })

  private static func label(_ value: Double) -> String { NumberLabels(step: value, largest: value).label(value) }

  private static func plot(
    _ title: String, _ yTitle: String, _ values: Values, _ names: [String], _ colors: [Color], _ limit: Limit
  ) -> Plot {
    let area = values.area.enumerated().map { (x: day + Double($0.offset) * 60, y: $0.element) }
    return Plot(
      title: title, summary: "\(title) \(yTitle), minute by minute.", x: .time(day...day + 86_400) { _ in 3_600 }, yTitle: yTitle,
      layers: [
        .area(Line(name: "Day before", color: .gray, points: area)),
        .bars(
          Bars(
            start: day, step: 60,
            series: [
              Series(name: names[0], color: colors[0], values: values.first),
              Series(name: names[1], color: colors[1], values: values.second),
            ])),
      ], limits: [limit])
  }
}

/// A linear congruential generator with Knuth's MMIX constants: the same numbers everywhere.
struct SmallRandom {
  var state: UInt64

  /// From 0 up to 1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }
}
