import AWSWire
import Foundation
import HTTPTypes

extension OpenTelemetrySettings {
  /// Where a signal goes; nil: nowhere.
  /// - Parameters:
  ///   - name: as variables spell it, `TRACES`.
  ///   - path: what follows an endpoint that is for all signals.
  mutating func signal(
    _ name: String, path: String, _ variables: OpenTelemetryVariables
  ) throws(BedquotaError) -> OTLPSignal? {
    guard isWanted("OTEL_\(name)_EXPORTER", variables) else { return nil }
    func names(_ setting: String) -> [String] { ["OTEL_EXPORTER_OTLP_\(name)_\(setting)", "OTEL_EXPORTER_OTLP_\(setting)"] }
    guard let (variable, endpoint) = variables.first(names("ENDPOINT")) else { return nil }
    var url = try Self.url(endpoint, variable)
    if variable == names("ENDPOINT")[1] { url.path = url.path.hasSuffix("/") ? url.path + path : url.path + "/" + path }
    if url.path.isEmpty { url.path = "/" }
    guard let whole = url.url else { throw Self.noURL(variable) }
    try checkProtocol(names("PROTOCOL"), variables, port: url.port, variable)
    var signal = OTLPSignal(url: whole, headers: try Self.headers(names("HEADERS"), variables))
    signal.timeout = try variables.timeout(names("TIMEOUT")) ?? signal.timeout
    signal.isCompressed = isCompressed(names("COMPRESSION"), variables)
    if let (certificate, _) = variables.first(names("CERTIFICATE") + names("CLIENT_CERTIFICATE") + names("CLIENT_KEY")) {
      warn("\(certificate) is not read: the collector is trusted like every other server.")
    }
    if url.scheme == "http", !signal.headers.isEmpty, !LoopbackName.contains(url.host ?? "") {
      let name = variables.first(names("HEADERS"))?.name ?? names("HEADERS")[1]
      warn("The headers of \(name) travel over plain http, where others can read them; use https.")
    }
    return signal
  }

  private mutating func isWanted(_ variable: String, _ variables: OpenTelemetryVariables) -> Bool {
    guard let text = variables.text(variable) else { return true }
    let exporters = Self.list(text)
    if !exporters.contains("otlp"), !exporters.contains("none") {
      warn("\(variable) names no exporter that Bedquota has, so nothing is sent; it has otlp and none.")
    }
    return exporters.contains("otlp")
  }

  private static func noURL(_ variable: String) -> BedquotaError {
    OpenTelemetryVariables.error("\(variable) must be a URL such as http://localhost:4318.")
  }

  private static func url(_ text: String, _ variable: String) throws(BedquotaError) -> URLComponents {
    guard var url = URLComponents(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host, !host.isEmpty
    else { throw noURL(variable) }
    // A port of many digits is none for Foundation, which would then take the scheme's own.
    guard url.rangeOfPort == nil || url.port.map({ (1...65_535).contains($0) }) ?? false else { throw noURL(variable) }
    guard url.user == nil, url.password == nil else {
      throw OpenTelemetryVariables.error(
        "\(variable) has a user name in it; send it as a header with OTEL_EXPORTER_OTLP_HEADERS instead.")
    }
    url.scheme = scheme
    url.fragment = nil
    return url
  }

  /// Only JSON over HTTP is spoken. A server for gRPC can't take it; one for protobuf nearly always can.
  private mutating func checkProtocol(
    _ names: [String], _ variables: OpenTelemetryVariables, port: Int?, _ endpoint: String
  ) throws(BedquotaError) {
    let setting = variables.first(names)
    guard setting?.value.lowercased() != "http/json" else { return }
    guard port != 4_317 else {
      throw OpenTelemetryVariables.error(
        "\(endpoint) has port 4317, which is for gRPC, and Bedquota speaks http/json only: give the collector's port for HTTP, "
          + "mostly 4318, or set \(names[1]) to http/json if 4317 is it.")
    }
    if let setting { warn("\(setting.name) is not followed: Bedquota speaks http/json only, and sends that.") }
  }

  private mutating func isCompressed(_ names: [String], _ variables: OpenTelemetryVariables) -> Bool {
    guard let (name, value) = variables.first(names), value.lowercased() != "none" else { return false }
    if value.lowercased() != "gzip" { warn("\(name) is not followed: Bedquota has gzip and none.") }
    return value.lowercased() == "gzip"
  }

  private static func headers(_ names: [String], _ variables: OpenTelemetryVariables) throws(BedquotaError) -> HTTPFields {
    var fields = HTTPFields()
    let variable = variables.first(names)?.name ?? names[1]
    for (index, header) in try variables.pairs(names).enumerated() {
      guard let name = HTTPField.Name(header.name), HTTPField.isValidValue(header.value) else {
        throw OpenTelemetryVariables.error("\(variable) has bytes that no header can have, in pair \(index + 1).")
      }
      guard !own.contains(name) else {
        throw OpenTelemetryVariables.error("\(variable) sets the header \(header.name), which Bedquota sets itself.")
      }
      fields.append(HTTPField(name: name, value: header.value))
    }
    return fields
  }

  private static let own: Set<HTTPField.Name> = [
    .connection, .contentEncoding, .contentLength, .contentType, .init("Host")!, .transferEncoding,
  ]
}
