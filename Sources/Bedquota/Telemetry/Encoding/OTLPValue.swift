import AWSWire
import Tracing

/// The value of an attribute.
package enum OTLPValue: Sendable, Hashable {
  case string(String)
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case array([OTLPValue])

  /// - Returns: nil for what later versions of the tracing library may add.
  init?(_ value: SpanAttribute) {
    switch value {
    case .string(let value): self = .string(value)
    case .bool(let value): self = .bool(value)
    case .int32(let value): self = .int(Int64(value))
    case .int64(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .stringConvertible(let value): self = .string("\(value)")
    case .stringArray(let values): self = .array(values.map { .string($0) })
    case .boolArray(let values): self = .array(values.map { .bool($0) })
    case .int32Array(let values): self = .array(values.map { .int(Int64($0)) })
    case .int64Array(let values): self = .array(values.map { .int($0) })
    case .doubleArray(let values): self = .array(values.map { .double($0) })
    case .stringConvertibleArray(let values): self = .array(values.map { .string("\($0)") })
    default: return nil
    }
  }

  /// As protobuf's `AnyValue`.
  var json: JSONValue {
    switch self {
    case .string(let value): ["stringValue": .string(value)]
    case .bool(let value): ["boolValue": .bool(value)]
    case .int(let value): ["intValue": .string(String(value))]
    case .double(let value): ["doubleValue": .protobuf(value)]
    case .array(let values): ["arrayValue": ["values": .array(values.map(\.json))]]
    }
  }
}
