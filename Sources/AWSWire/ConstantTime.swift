/// Comparisons whose time tells nothing about a secret.
package enum ConstantTime {
  /// Whether two texts are the same; the time depends only on their lengths.
  package static func equal(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
