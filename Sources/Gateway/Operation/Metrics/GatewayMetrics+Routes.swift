import Reports

extension MetricFamilies {
  /// The names that lead to several candidates.
  mutating func write(routed state: GatewayMetrics.State, _ routes: [LiveStatus.Route]) {
    counter(
      "bedquota_routed_requests",
      "Requests of names that lead to several candidates, by the candidate that they were sent to last.",
      sorted(state.routed.series.map { ([("name", $0.name), ("route", $0.route)], Double($1)) }))
    counter(
      "bedquota_routed_spills", "Requests that left the candidate which had their conversation cached.",
      routes.map { ([("name", $0.name)], Double($0.spills)) })
    let candidates = routes.flatMap { route in route.candidates.map { (route.name, $0) } }
    gauge(
      "bedquota_route_resting", "Whether the candidate rests, because its account or Region doesn't serve anybody.",
      candidates.map { ([("name", $0), ("route", $1.route)], $1.restingUntil == nil ? 0 : 1) })
  }
}
