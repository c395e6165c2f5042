import Charts

/// One picture for each shape that data comes in.
enum Gallery {
  private static let day = ManyModels.day
  private static let oneDay = XAxis.time(day...day + 86_400) { _ in 3_600 }

  static let pictures: [(name: String, svg: String)] = [
    ("01-normal-day", normalDay.svg()), ("02-spiky", spiky.svg()), ("03-gaps", gaps.svg()),
    ("04-forty-models", ManyModels.sheet.svg()), ("05-one-point", onePoint.svg()), ("06-no-points", noPoints.svg()),
    ("07-huge", huge.svg()), ("08-tiny", tiny.svg()), ("09-all-zero", allZero.svg()), ("10-nan-negative", nanNegative.svg()),
    ("11-daylight-saving", daylightSaving.svg()), ("12-long-names", longNames.svg(width: 640)), ("13-probe", probe.svg()),
    ("14-wide-bars", wideBars.svg()), ("15-mixed-sheet", mixedSheet.svg(rowHeight: 220)), ("16-near-limits", nearLimits.svg()),
    ("17-small", normalDay.svg(width: 320, height: 180)), ("18-months", months.svg()), ("19-few", few.svg()),
    ("20-beside", beside.svg()),
  ]

  private static func bars(_ values: ManyModels.Values, step: Double = 60) -> Layer {
    .bars(
      Bars(
        start: day, step: step,
        series: [
          Series(name: "accepted", color: .success, values: values.first),
          Series(name: "throttled", color: .throttled, values: values.second),
        ]))
  }

  private static func bars(_ values: [Double], step: Double = 60, color: Color = .blue) -> Layer {
    .bars(Bars(start: day, step: step, series: [Series(name: "Requests", color: color, values: values)]))
  }

  /// A point every `step` seconds of the day.
  private static func points(_ count: Int, step: Double, _ y: (Int) -> Double) -> [(x: Double, y: Double)] {
    (0..<count).map { (x: day + Double($0) * step, y: y($0)) }
  }

  private static let normalDay = Plot(
    title: "Claude Sonnet 4.5", subtitle: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0, requests per minute",
    summary: "Requests of one day, with those that were throttled.", x: oneDay, yTitle: "requests per minute",
    layers: [bars(ManyModels.requests(seed: 7, level: 1_300, quota: 1_000))],
    limits: [Limit(value: 1_000, name: "quota 1,000/min", color: .gray)])

  private static let spiky: Plot = {
    var random = SmallRandom(state: 3)
    let values = (0..<1_440).map { _ in random.next() < 0.02 ? (random.next() * 900).rounded() : (random.next() * 8).rounded() }
    return Plot(
      title: "Batch jobs", subtitle: "Quiet but for bursts", x: oneDay, yTitle: "requests per minute", layers: [bars(values)],
      limits: [Limit(value: 10_000, name: "quota 10,000/min")])
  }()

  private static let gaps: Plot = {
    let values = ManyModels.requests(seed: 11, level: 400, quota: 10_000).first
    let holed = values.enumerated().map { (300..<420).contains($0.offset) || $0.offset % 97 < 12 ? Double.nan : $0.element }
    let line = holed.enumerated().map { (x: day + Double($0.offset) * 60, y: $0.element * 0.8 + 50) }
    return Plot(
      title: "Metrics that were not delivered", x: oneDay, yTitle: "requests per minute",
      layers: [bars(holed, color: .skyBlue), .line(Line(name: "Latency p50, ms", color: .vermilion, points: line))])
  }()

  private static let onePoint = Plot(
    title: "One point", x: oneDay, yTitle: "tokens",
    layers: [.line(Line(name: "Tokens", color: .blue, points: [(x: day + 40_000, y: 1_234)]))])

  private static let noPoints = Plot(
    title: "Nothing was asked of it", subtitle: "amazon.nova-pro-v1:0", x: oneDay, yTitle: "requests per minute",
    layers: [bars([.nan])], limits: [Limit(value: 500, name: "quota 500/min")], emptyNote: "No data for amazon.nova-pro-v1:0")

  private static let huge = Plot(
    title: "Huge", x: oneDay, yTitle: "tokens",
    layers: [bars((0..<96).map { 1e15 * Double($0 % 24) / 10 }, step: 900, color: .purple)])

  private static let tiny = Plot(
    title: "Tiny", x: oneDay, yTitle: "share",
    layers: [
      .line(
        Line(name: "Rate", color: .bluishGreen, points: points(96, step: 900) { Double($0 % 31) / 3e7 })),
      .line(Line(name: "Bound", color: .orange, points: [(day, 9e-7), (day + 86_400, 7e-7)], isDashed: true)),
    ])

  private static let allZero = Plot(
    title: "All zero", x: oneDay, yTitle: "throttles per minute",
    layers: [bars(Array(repeating: 0, count: 1_440))], limits: [Limit(value: 1_000, name: "quota 1,000/min")])

  private static let nanNegative: Plot = {
    let heights: [Double] = [30, .nan, -20, 50, .infinity, 60, 1e308]
    let line = points(288, step: 300) { $0 % 50 == 0 ? .nan : Double($0 % 41) - 20 }
    return Plot(
      title: "NaN, infinite and negative values", x: oneDay, yTitle: "requests per minute",
      layers: [
        bars((0..<288).map { heights[$0 % 7] }, step: 300, color: .success),
        .line(Line(name: "Change", color: .blue, points: line)),
      ])
  }()

  // Clocks in Berlin go back from 03:00 to 02:00 on 26 October 2025, at 01:00 UTC.
  private static let daylightSaving = Plot(
    title: "Clocks go back", x: .time(1_761_400_800...1_761_490_800) { $0 < 1_761_440_400 ? 7_200 : 3_600 }, yTitle: "requests",
    layers: [
      .bars(
        Bars(
          start: 1_761_400_800, step: 300,
          series: [Series(name: "Requests", color: .blue, values: (0..<300).map { Double(($0 * 37) % 101) })]))
    ])

  private static let longNames = Plot(
    title: "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a-very-long-name-<with>-&-\"quotes\"-モデル名",
    subtitle: String(repeating: "A subtitle that does not end ", count: 8), x: oneDay,
    yTitle: "requests of all kinds, per minute, summed over all of the regions that the profile routes to",
    layers: (0..<9).map { index in
      .line(
        Line(
          name: "eu.anthropic.claude-sonnet-4-5-20250929-v\(index):0 in région \(index) 日本", color: .palette(index),
          points: points(48, step: 1_800) { Double(($0 * (index + 3)) % 23 + index * 10) }, isDashed: index > 7))
    },
    limits: [Limit(value: 90, name: "quota of the application inference profile, cross-region, with a long name: 90 a minute")])

  private static let probe: Plot = {
    var random = SmallRandom(state: 5)
    let times = (1...64).map { concurrency -> (x: Double, y: Double) in
      let queueing = concurrency > 48 ? 1.5 : 0
      return (x: Double(concurrency), y: 0.8 + Double(concurrency) * 0.02 + random.next() * 0.3 + queueing)
    }
    return Plot(
      title: "Probe: latency against concurrency", subtitle: "amazon.nova-lite-v1:0, 500 tokens in, 200 out",
      x: .linear(nil, title: "requests at once"), yTitle: "seconds",
      layers: [
        .line(Line(name: "Median", color: .blue, points: times.map { ($0.x, $0.y - 0.1) })),
        .points(Line(name: "Request", color: .orange, points: times)),
      ], limits: [Limit(value: 3, name: "timeout 3 s", color: .throttled)])
  }()

  private static let wideBars = Plot(
    title: "By the hour", x: oneDay, yTitle: "requests per hour",
    layers: [
      bars(
        ManyModels.Values(
          first: (0..<24).map { Double(($0 * 7) % 24) * 41 }, second: (0..<24).map { $0 % 5 == 0 ? 120 : 0 }, area: []),
        step: 3_600)
    ])

  private static let nearLimits = Plot(
    title: "Several limits", x: oneDay, yTitle: "requests per minute",
    layers: [bars(ManyModels.requests(seed: 9, level: 900, quota: 2_000))],
    limits: [
      Limit(value: 1_000, name: "quota 1,000/min", color: .vermilion),
      Limit(value: 1_030, name: "alarm at 1,030/min", color: .purple),
      Limit(value: 970, name: "pacer 970/min", color: .blue), Limit(value: 50_000, name: "account 50,000/min"),
      Limit(value: 90_000, name: "region 90,000/min"),
    ])

  private static let months = Plot(
    title: "A year", x: .time(1_735_689_600...1_767_225_600) { _ in 0 }, yTitle: "tokens per day",
    layers: [
      .bars(
        Bars(
          start: 1_735_689_600, step: 86_400,
          series: [Series(name: "Tokens", color: .bluishGreen, values: (0..<365).map { 1e8 + Double(($0 * 53) % 97) * 3e6 })]))
    ])

  private static let few = Plot(
    title: "A few requests", x: oneDay, yTitle: "requests per minute", isCount: true,
    layers: [
      bars(
        ManyModels.Values(first: (0..<96).map { Double($0 % 4) }, second: (0..<96).map { $0 % 9 == 4 ? 1 : 0 }, area: []),
        step: 900)
    ])

  private static let beside = Plot(
    title: "Probe of amazon.nova-lite-v1:0", subtitle: "1,630 requests, 4.91 % of them throttled",
    x: .linear(0...120, title: "seconds"), yTitle: "requests/min", isCount: true,
    layers: [
      .bars(
        Bars(
          start: 0, step: 1,
          series: [
            Series(name: "accepted", color: .success, values: (0..<120).map { $0 < 6 ? 1_800 : $0 < 60 ? 600 : 780 }),
            Series(name: "throttled", color: .throttled, values: (0..<120).map { $0 > 6 && $0 % 5 == 0 ? 180 : 0 }),
          ]))
    ],
    limits: [Limit(value: 720, name: "found: 720 requests/min")], limitsAreNamedBeside: true)

  private static let mixedSheet = Sheet(
    title: "Mixed", subtitle: "Rows of one, two and three",
    rows: [
      Sheet.Row(heading: "One", note: "wide", plots: [normalDay]), Sheet.Row(heading: "Two", plots: [spiky, gaps]),
      Sheet.Row(plots: [huge, tiny, nearLimits]), Sheet.Row(heading: "Empty beside full", plots: [noPoints, allZero]),
      Sheet.Row(heading: "None", plots: []),
    ])
}
