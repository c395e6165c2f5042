import Testing

@testable import Reports

@Suite struct ExpositionTests {
  private func text(_ format: ExpositionFormat, _ write: (inout MetricFamilies) -> Void) -> String {
    var families = MetricFamilies()
    write(&families)
    return Exposition.text(families, format)
  }

  @Test func aCounterHasItsSuffixWhereTheFormatWantsIt() {
    let write: (inout MetricFamilies) -> Void = { $0.counter("a_b", "Says \"what\".", [([("x", "1")], 3)]) }
    #expect(text(.prometheus, write) == "# HELP a_b_total Says \"what\".\n# TYPE a_b_total counter\na_b_total{x=\"1\"} 3\n")
    #expect(
      text(.openMetrics, write) == "# HELP a_b Says \\\"what\\\".\n# TYPE a_b counter\na_b_total{x=\"1\"} 3\n# EOF\n")
  }

  @Test func bucketsAddUp() {
    var buckets = BucketCounts([1, 2.5])
    for value in [0.5, 1, 2, 7, -3] { buckets.record(value) }
    let lines = text(.openMetrics) { $0.histogram("t_seconds", "T.", [([], buckets)]) }.split(separator: "\n").dropFirst(2)
    #expect(
      Array(lines) == [
        "# UNIT t_seconds seconds", "t_seconds_bucket{le=\"1.0\"} 3", "t_seconds_bucket{le=\"2.5\"} 4",
        "t_seconds_bucket{le=\"+Inf\"} 5", "t_seconds_sum 10.5", "t_seconds_count 5", "# EOF",
      ])
  }

  @Test func aSummaryHasASumAndACount() {
    let lines = text(.prometheus) { $0.summary("t_seconds", "T.", [([("x", "1")], sum: 1.5, count: 3)]) }.split(separator: "\n")
    #expect(
      lines == ["# HELP t_seconds T.", "# TYPE t_seconds summary", "t_seconds_sum{x=\"1\"} 1.5", "t_seconds_count{x=\"1\"} 3"])
  }

  @Test func labelsAreEscaped() {
    let line = text(.prometheus) { $0.gauge("g", "G.", [([("x", "a\\b\"c\nd")], 0.5)]) }.split(separator: "\n").last
    #expect(line == #"g{x="a\\b\"c\nd"} 0.5"#)
  }

  @Test func aGaugeThatNobodyKnowsIsAbsent() {
    #expect(text(.prometheus) { $0.gauge("g", "G.", []) }.isEmpty)
  }

  @Test(arguments: [
    (nil, ExpositionFormat.prometheus), ("*/*", .prometheus), ("text/plain;version=0.0.4", .prometheus),
    ("application/openmetrics-text", .openMetrics),
    ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", .openMetrics),
    ("application/openmetrics-text; version=1.0.0; q=0.2, text/plain; q=0.4", .prometheus),
    ("application/openmetrics-text;version=2.0.0", .prometheus), ("text/html", .prometheus),
  ])
  func theClientChoosesTheFormat(accept: String?, expected: ExpositionFormat) {
    #expect(ExpositionFormat(accept: accept) == expected)
  }
}
