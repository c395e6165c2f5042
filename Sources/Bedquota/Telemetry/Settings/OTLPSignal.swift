import AWSClient
package import Foundation
package import HTTPTypes

/// Where one signal, traces or metrics, is sent, and how. Its headers are secrets: no description shows them.
package struct OTLPSignal: Sendable, Redacted {
  package var url: URL
  /// Those of `OTEL_EXPORTER_OTLP_HEADERS`.
  package var headers: HTTPFields
  /// For one attempt.
  package var timeout: Duration
  package var isCompressed: Bool

  package init(url: URL, headers: HTTPFields = [:], timeout: Duration = .seconds(10), isCompressed: Bool = false) {
    (self.url, self.headers, self.timeout, self.isCompressed) = (url, headers, timeout, isCompressed)
  }

  /// Scheme, host and port alone: paths and queries of some vendors hold keys.
  package var place: String {
    let host = url.host(percentEncoded: false) ?? ""
    return "\(url.scheme ?? "http")://\(host.contains(":") ? "[\(host)]" : host)\(url.port.map { ":\($0)" } ?? "")"
  }

  /// A text from outside without the secrets of this signal, on one line, and not longer than a sentence.
  package func redacted(_ text: String) -> String {
    var text = text
    for secret in secrets { text = text.replacing(secret, with: "…") }
    let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    return line.count > 200 ? line.prefix(200) + "…" : line
  }

  /// The longest first, so that no secret is cut by a shorter one.
  private var secrets: [String] {
    // `Basic` and `Bearer` are none; what follows them is.
    let values = headers.flatMap { [$0.value] + $0.value.split(separator: " ").map(String.init) }
    let parts = [url.query(percentEncoded: true), url.query(percentEncoded: false)].compactMap { $0 }
    let path = url.path(percentEncoded: true)
    let paths = ["/", "/v1/traces", "/v1/metrics"].contains(path) ? [] : [path]
    // Three characters are no secret, and stand in every sentence.
    return (values + parts + paths).filter { $0.count > 3 && !["Basic", "Bearer"].contains($0) }.sorted { $0.count > $1.count }
  }
}
