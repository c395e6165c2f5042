/// The text formats that Prometheus reads.
package enum ExpositionFormat: Sendable, Equatable {
  /// Prometheus' own, version 0.0.4.
  case prometheus
  /// OpenMetrics 1.0.
  case openMetrics

  /// The one that a client prefers. A client that names neither gets Prometheus' own.
  ///
  /// Prometheus sends such as `application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2`.
  package init(accept: String?) {
    var best = (format: Self.prometheus, quality: 0.0)
    for range in (accept ?? "").lowercased().split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
      guard let type = parts.first else { continue }
      let format: Self
      switch type {
      case "application/openmetrics-text":
        guard parts.allSatisfy({ !$0.hasPrefix("version=") || $0 == "version=1.0.0" || $0 == "version=1" }) else { continue }
        format = .openMetrics
      case "text/plain", "text/*", "*/*": format = .prometheus
      default: continue
      }
      let quality = parts.first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      if quality > best.quality { best = (format, quality) }
    }
    self = best.format
  }

  package var contentType: String {
    switch self {
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }
}
