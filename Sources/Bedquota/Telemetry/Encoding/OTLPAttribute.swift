import AWSWire
import Tracing

/// A name and a value that describe a span, a point or a process.
package struct OTLPAttribute: Sendable, Hashable {
  package var name: String
  package var value: OTLPValue

  package init(_ name: String, _ value: OTLPValue) { (self.name, self.value) = (name, value) }

  var json: JSONValue { ["key": .string(name), "value": value.json] }

  /// In the order of their names, so that the same ones always look the same.
  static func all(of attributes: SpanAttributes) -> [OTLPAttribute] {
    var all: [OTLPAttribute] = []
    attributes.forEach { name, value in
      if let value = OTLPValue(value) { all.append(OTLPAttribute(name, value)) }
    }
    return all.sorted { $0.name < $1.name }
  }
}

extension [OTLPAttribute] {
  var json: JSONValue { .array(map(\.json)) }
}
