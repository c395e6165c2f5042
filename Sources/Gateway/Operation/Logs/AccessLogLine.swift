import AWSWire
import Bedquota
import BedrockQuotas

/// Writes a request as one line of JSON. Members stand in the order in which people look for them; one that is absent is unknown or
/// none.
struct AccessLogLine {
  private(set) var bytes: [UInt8] = []

  init(_ record: RequestRecord) {
    bytes.reserveCapacity(640)
    bytes.append(UInt8(ascii: "{"))
    member("time", Self.time(record.atMilliseconds))
    member("request_id", record.id)
    member("upstream_request_id", record.upstreamID)
    member("trace_id", record.traceID)
    member("caller", record.caller)
    member("method", record.method)
    member("path", record.path)
    member("operation", record.operation.label)
    member("model", record.model)
    if record.responseModel != record.model { member("response_model", record.responseModel) }
    member("account", record.account)
    member("region", record.region)
    member("endpoint", record.endpoint?.rawValue)
    member("route", record.route)
    if record.moves > 0 { member("moved", Int64(record.moves)) }
    member("status", record.status.map(Int64.init))
    member("outcome", record.outcome.rawValue)
    member("error", record.error)
    member("refusal", record.refusal?.rawValue)
    if record.isStream { member("stream", true) }
    member("took_ms", milliseconds: record.took)
    member("waited_ms", milliseconds: record.waited)
    waits(record.waits)
    if let upstream = record.upstream { member("upstream_ms", milliseconds: upstream) }
    if let firstByte = record.firstByte { member("first_byte_ms", milliseconds: firstByte) }
    member("attempts", Int64(record.attempts))
    if record.keepAlives > 0 { member("keepalives", Int64(record.keepAlives)) }
    usage(record)
    member("reserved", record.reserved)
    member("bytes_in", Int64(record.bytesIn))
    member("bytes_out", Int64(record.bytesOut))
    member("agent", record.agent)
    member("client", record.client)
    bytes += "}\n".utf8
  }

  private mutating func usage(_ record: RequestRecord) {
    guard let usage = record.usage else { return }
    member("input_tokens", Int64(usage.input))
    member("output_tokens", Int64(usage.output))
    if usage.cacheRead > 0 { member("cache_read_tokens", Int64(usage.cacheRead)) }
    if usage.cacheWrite > 0 { member("cache_write_tokens", Int64(usage.cacheWrite)) }
    if record.isEstimate { member("estimated", true) }
  }

  private mutating func waits(_ waits: [RequestRecord.Wait]) {
    guard !waits.isEmpty else { return }
    name("waits")
    bytes.append(UInt8(ascii: "["))
    for (index, wait) in waits.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(UInt8(ascii: "{"))
      member("quota", wait.code)
      member("measure", wait.measure.rawValue)
      member("ms", milliseconds: wait.duration)
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(UInt8(ascii: "]"))
  }

  // MARK: Members

  private mutating func name(_ name: StaticString) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes += $0 }
    bytes += "\":".utf8
  }

  private mutating func member(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    self.name(name)
    quote(value)
  }

  private mutating func member(_ name: StaticString, _ value: Int64?) {
    guard let value else { return }
    self.name(name)
    bytes += String(value).utf8
  }

  private mutating func member(_ name: StaticString, _ value: Bool) {
    self.name(name)
    bytes += (value ? "true" : "false").utf8
  }

  /// To a microsecond, because the gateway's own work takes less than a millisecond.
  private mutating func member(_ name: StaticString, milliseconds duration: Duration) {
    self.name(name)
    let microseconds = Int64(max(duration / .microseconds(1), 0))
    bytes += String(microseconds / 1_000).utf8
    let rest = String(microseconds % 1_000)
    guard rest != "0" else { return }
    bytes.append(UInt8(ascii: "."))
    bytes += String(repeating: "0", count: 3 - rest.utf8.count).utf8
    bytes += rest.utf8
  }

  /// Escapes what JSON and terminals would read as something else. Text that isn't ASCII goes as it is, but for C1 controls.
  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    // Nearly always there is nothing to escape.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes += text.utf8
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        bytes.append(UInt8(ascii: "\\"))
        bytes += UTF8.encode(scalar)!
      case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        let digits = String(scalar.value, radix: 16)
        bytes += "\\u".utf8
        bytes += String(repeating: "0", count: 4 - digits.utf8.count).utf8
        bytes += digits.utf8
      default: bytes += UTF8.encode(scalar)!
      }
    }
  }

  /// `2026-11-29T13:00:00.123Z`
  private static func time(_ milliseconds: Int64) -> String {
    let seconds = AWSDate.iso8601(Int(milliseconds / 1_000)).dropLast()
    let rest = String(max(milliseconds % 1_000, 0))
    return "\(seconds).\(String(repeating: "0", count: 3 - rest.utf8.count))\(rest)Z"
  }
}
