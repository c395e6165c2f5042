import AWSWire

/// Numbers as the JSON form of protobuf has them.
///
/// Sources: protobuf.dev/programming-guides/json/ and opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
extension JSONValue {
  /// 64 bits are text, because programs in JavaScript would round a number.
  static func protobuf(_ value: UInt64) -> JSONValue { .string(String(value)) }

  static func protobuf(_ value: Double) -> JSONValue {
    if value.isFinite { .number(value) } else { .string(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity") }
  }
}
