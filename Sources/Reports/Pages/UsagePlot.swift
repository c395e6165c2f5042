/// What a plot of a report shows.
enum UsagePlot: String, Sendable, CaseIterable {
  case requests, tokens, latency
}
