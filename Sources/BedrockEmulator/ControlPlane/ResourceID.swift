/// Ids as AWS gives them to resources: twelve lower-case letters and digits, the same for the same sequence of requests.
enum ResourceID {
  /// - Parameter kind: makes the ids of different kinds of resources differ.
  static func make(_ count: UInt64, kind: String) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    var random = SplitMix64(seed: SplitMix64.mix(count ^ FNV1a.hash(kind)))
    return String(decoding: (0..<12).map { _ in letters[Int(random.next() % 36)] }, as: UTF8.self)
  }
}
