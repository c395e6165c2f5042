import AWSWire

/// Number formats of vectors.
enum EmbeddingType {
  /// A vector in the format of this name.
  static func encode(_ vector: [Double], as type: String) -> JSONValue {
    switch type {
    case "int8": JSONValue(bytes(of: vector))
    case "uint8": JSONValue(bytes(of: vector).map { $0 + 128 })
    // Eight signs per byte.
    case "ubinary": JSONValue(signs(of: vector))
    case "binary": JSONValue(signs(of: vector).map { $0 - 128 })
    default: JSONValue(vector)
    }
  }

  private static func bytes(of vector: [Double]) -> [Int] {
    // The components of a unit vector are about 1/√n; scale them to the range of a byte.
    let scale = 64 * Double(vector.count).squareRoot()
    return vector.map { Int(max(-128, min(127, ($0 * scale).rounded()))) }
  }

  private static func signs(of vector: [Double]) -> [Int] {
    stride(from: 0, to: vector.count, by: 8).map { start in
      vector[start..<min(start + 8, vector.count)].reduce(0) { $0 << 1 | ($1 > 0 ? 1 : 0) }
    }
  }
}
