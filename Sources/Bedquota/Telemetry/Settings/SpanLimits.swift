package import Tracing

/// What one span may hold. OpenTelemetry has no limit for the length of values; here there is one.
package struct SpanLimits: Sendable, Equatable {
  package var attributes = 128
  package var eventAttributes = 128
  package var linkAttributes = 128
  package var events = 128
  package var links = 128
  /// In characters, of a text or of each text of a list.
  package var valueLength = 4_096

  /// The most values of a list.
  private static let elementsMax = 128
  /// A longer name, or an empty one, is dropped with its value.
  private static let nameBytesMax = 256

  package init() {}

  /// - Parameters:
  ///   - most: attributes that stay; those of `earlier` first.
  /// - Returns: attributes within the limits, and how many were dropped.
  package func bounded(
    _ attributes: SpanAttributes, most: Int, earlier: SpanAttributes = [:]
  ) -> (kept: SpanAttributes, dropped: Int) {
    var all: [(name: String, value: SpanAttribute)] = []
    attributes.forEach { name, value in
      if !name.isEmpty, name.utf8.count <= Self.nameBytesMax { all.append((name, value)) }
    }
    if all.count > most {
      all.sort { first, second in
        let (isFirst, isSecond) = (earlier.get(first.name) != nil, earlier.get(second.name) != nil)
        return isFirst == isSecond ? first.name < second.name : isFirst
      }
    }
    var kept = SpanAttributes([:])
    for (name, value) in all.prefix(most) { kept.set(name, value: bounded(value)) }
    return (kept, attributes.count - kept.count)
  }

  package func bounded(_ text: String) -> String {
    text.utf8.count <= valueLength ? text : String(text.unicodeScalars.prefix(valueLength))
  }

  /// Texts are made here, while the values that they come from are as they were.
  private func bounded(_ value: SpanAttribute) -> SpanAttribute {
    func cut<Element>(_ list: [Element]) -> [Element] { Array(list.prefix(Self.elementsMax)) }
    return switch value {
    case .string(let text): .string(bounded(text))
    case .stringConvertible(let value): .string(bounded("\(value)"))
    case .stringArray(let list): .stringArray(cut(list).map(bounded))
    case .stringConvertibleArray(let list): .stringArray(cut(list).map { bounded("\($0)") })
    case .int32Array(let list): .int32Array(cut(list))
    case .int64Array(let list): .int64Array(cut(list))
    case .doubleArray(let list): .doubleArray(cut(list))
    case .boolArray(let list): .boolArray(cut(list))
    default: value
    }
  }
}
